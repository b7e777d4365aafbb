#!/usr/bin/env python3
"""Small files as the real libraries write them, for tests/data/golden. Needs the libraries; nothing of ours.

    make_golden.py FOLDER    writes FOLDER/<library>/… and FOLDER/made.json: the versions, and the date

What a library is missing for is named, and its files stay as they were. cases_golden.py has what must be said of each.
Old forms that no release writes any more (PyTorch's tar) are made by make_torch.py alone.
"""

import collections
import datetime
import importlib
import importlib.metadata
import json
import os
import shutil
import sys
import warnings

warnings.simplefilter("ignore")
MADE = {}
OWNERS = importlib.metadata.packages_distributions()


def library(*names):
    """Runs the function below in a folder of its own, anew, if the modules are there."""

    def decorate(make):
        try:
            modules = [importlib.import_module(name) for name in names]
        except ImportError as error:
            print(f"{make.__name__}: left as it is, {error}", file=sys.stderr)
            return make
        folder = make.__name__
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        here = os.getcwd()
        os.chdir(folder)
        make(*modules)
        os.chdir(here)
        packages = {OWNERS[name.split(".")[0]][0] for name in names}
        MADE[folder] = {name: importlib.metadata.version(name) for name in packages}
        return make

    return decorate


os.makedirs(sys.argv[1], exist_ok=True)
os.chdir(sys.argv[1])


@library("torch", "numpy")
def torch(torch, numpy):
    torch.manual_seed(1)
    layer = torch.nn.Linear(4, 3)
    optimizer = torch.optim.AdamW(layer.parameters())
    layer(torch.ones(2, 4)).sum().backward()
    optimizer.step()
    names = ("float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 complex128 uint16 uint32 uint64 "
             "float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu").split()
    types = {name: torch.zeros(2, 3, dtype=getattr(torch, name)) for name in names}
    numbers = torch.arange(24.)
    old = {"_use_new_zipfile_serialization": False}
    torch.save(layer.state_dict(), "state_dict.pt")
    torch.save(layer.state_dict(), "state_dict_legacy.bin", **old)
    torch.save(layer.state_dict(), "state_dict_protocol4.pt", pickle_protocol=4)
    torch.save(types, "every_type.pt")
    torch.save({name: types[name] for name in names[:12]}, "every_type_legacy.bin", **old)
    torch.save({"model": layer.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3, "rate": 1e-3,
                "notes": ["a", ("b", None, True)]}, "checkpoint.pt")
    torch.save({"slice": numbers[4:8], "step": numbers[::2], "turned": numbers.view(4, 6).t(), "whole": numbers}, "views.pt")
    torch.save({"slice": numbers[4:8], "whole": numbers}, "views_legacy.bin", **old)
    torch.save(torch.nn.Parameter(torch.ones(3)), "parameter.pt")
    torch.save({"eye": torch.eye(3).to_sparse()}, "sparse.pt")
    torch.save({"q": torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)}, "quantized.pt")
    torch.save({"none": torch.zeros(0), "scalar": torch.tensor(3.), "size": torch.Size([1, 2]), "device": torch.device("cpu"),
                "type": torch.float16, "set": {1, 2}, "bytes": b"ab", "large": 2**80}, "values.pt")
    torch.save(collections.OrderedDict(a=torch.ones(1)), "ordered.pt")
    # What torch.load refuses with weights_only=True.
    torch.save(layer, "module.pt")
    torch.save({"a": numpy.ones(3)}, "array.pt")
    torch.jit.script(layer).save("script.pt")


@library("safetensors.torch", "torch")
def safetensors(safetensors, torch):
    names = "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool float8_e4m3fn float8_e5m2".split()
    safetensors.save_file({name: torch.zeros(2, 3, dtype=getattr(torch, name)) for name in names}, "every_type.safetensors")
    safetensors.save_file({"a": torch.ones(2), "none": torch.zeros(0), "scalar": torch.tensor(1.)}, "shapes.safetensors",
                          metadata={"format": "pt", "note": "\u00e9"})
    safetensors.save_file({}, "empty.safetensors")


@library("numpy")
def numpy(numpy):
    numpy.save("plain.npy", numpy.ones((2, 3), dtype="f4"))
    numpy.save("fortran.npy", numpy.asfortranarray(numpy.ones((2, 3))))
    numpy.save("fields.npy", numpy.zeros(3, dtype=[("a", "<i4"), ("b", "U5", (2,))]))
    numpy.save("letters.npy", numpy.zeros(2, dtype=[("\u00e9", "<i4")]))
    numpy.save("scalar.npy", numpy.float32(1))
    numpy.save("none.npy", numpy.zeros((0, 3)))
    numpy.savez("several.npz", a=numpy.ones(3), b=numpy.zeros((2, 2), dtype="i8"))
    numpy.savez_compressed("packed.npz", a=numpy.ones(100))
    # What numpy.load refuses with allow_pickle=False.
    numpy.save("objects.npy", numpy.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    numpy.savez("objects.npz", a=numpy.array([1, "b"], dtype=object))


@library("gguf", "numpy")
def gguf(gguf, numpy):
    def model(name, tensors=True, order=None):
        writer = gguf.GGUFWriter(name, "llama", **({"endianess": order} if order else {}))
        writer.add_block_count(1)
        writer.add_context_length(128)
        writer.add_tokenizer_model("llama")
        writer.add_token_list(["<unk>", "<s>", "a", "<0x41>"])
        writer.add_token_scores([0.0, 0.0, -1.0, -2.0])
        writer.add_token_types([2, 3, 1, 6])
        writer.add_bos_token_id(1)
        writer.add_chat_template("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}")
        if tensors:
            writer.add_tensor("token_embd.weight", numpy.ones((4, 32), dtype=numpy.float32))
            writer.add_tensor("blk.0.attn_q.weight", numpy.ones((4, 32), dtype=numpy.float16))
            for kind in ("Q4_0", "Q5_1", "Q8_0"):
                packed = gguf.quantize(numpy.ones((2, 64), dtype=numpy.float32), gguf.GGMLQuantizationType[kind])
                writer.add_tensor(f"blk.0.{kind.lower()}.weight", packed, raw_dtype=gguf.GGMLQuantizationType[kind])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    model("model.gguf")
    model("vocabulary.gguf", tensors=False)
    model("big_endian.gguf", order=gguf.GGUFEndian.BIG)


@library("transformers", "tokenizers", "torch", "peft")
def transformers(transformers, tokenizers, torch, peft):
    torch.manual_seed(1)
    words = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="<unk>"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.train_from_iterator(["some words to learn from, and some more"] * 4, tokenizers.trainers.BpeTrainer(
        vocab_size=30, special_tokens=["<unk>", "<s>", "</s>"]))
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>", bos_token="<s>", eos_token="</s>")
    fast.chat_template = "{% for m in messages %}{{ bos_token + m['content'] + eos_token }}{% endfor %}"
    llama = transformers.LlamaForCausalLM(transformers.LlamaConfig(
        vocab_size=32, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2,
        torch_dtype=torch.bfloat16, bos_token_id=1, eos_token_id=2)).to(torch.bfloat16)
    llama.save_pretrained("model")
    fast.save_pretrained("model")
    llama.save_pretrained("shards", max_shard_size="1KB")
    llama.config._name_or_path = "org/base"
    adapted = peft.get_peft_model(llama, peft.LoraConfig(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"],
                                                         task_type="CAUSAL_LM"))
    for name, numbers in adapted.named_parameters():
        if "lora_B" in name:  # which begins as nothing
            torch.nn.init.normal_(numbers)
    adapted.save_pretrained("adapter")


@library("onnx")
def onnx(onnx):
    helper, kinds = onnx.helper, onnx.TensorProto

    def model(name, *nodes, opsets=(("", 20),)):
        graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", kinds.FLOAT, [2])],
                                  [helper.make_tensor_value_info("y", kinds.FLOAT, [2])],
                                  [helper.make_tensor("w", kinds.FLOAT, [2], [1., 2.])])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid(*one) for one in opsets]), name)

    model("add.onnx", helper.make_node("Add", ["x", "w"], ["y"]))
    model("custom.onnx", helper.make_node("Own", ["x"], ["y"], domain="com.example"), opsets=(("", 20), ("com.example", 1)))


@library("joblib", "numpy")
def joblib(joblib, numpy):
    joblib.dump({"a": numpy.arange(6.), "b": [1, "c"]}, "arrays.joblib")
    joblib.dump({"a": numpy.arange(6.)}, "packed.joblib.gz", compress=("gzip", 3))
    joblib.dump([1, 2.5, "text", None], "plain.joblib")


@library("PIL")
def pictures(pillow):
    image = importlib.import_module("PIL.Image")
    whole = image.merge("RGB", [image.linear_gradient("L"), image.radial_gradient("L"), image.linear_gradient("L")])
    small = whole.resize((17, 11))
    several = {"save_all": True, "append_images": [small.rotate(90)]}
    small.convert("RGBA").save("a.png")
    small.save("moves.png", **several)
    small.save("a.jpg")
    small.save("progressive.jpeg", progressive=True, restart_marker_rows=1, comment=b"words")
    small.save("a.gif", comment=b"words")
    small.save("moves.gif", **several)
    small.save("a.webp")
    small.save("lossless.webp", lossless=True)
    small.save("moves.webp", **several)
    small.save("a.bmp")
    small.convert("P").save("colours.bmp")
    small.save("a.tif")
    small.save("pages.tif", compression="tiff_lzw", **several)
    small.resize((32, 32)).convert("RGBA").save("favicon.ico", sizes=[(16, 16), (32, 32)])
    small.resize((16, 16)).convert("RGBA").save("bitmap.ico", sizes=[(16, 16)], bitmap_format="bmp")
    small.save("a.avif")
    small.save("moves.avif", **several)


@library("soundfile", "numpy")
def recordings(soundfile, numpy):
    sound = numpy.sin(numpy.arange(1501) / 9)
    for path, form in (("a.wav", "PCM_16"), ("odd.wav", "PCM_U8"), ("float.wav", "FLOAT"), ("a.flac", "PCM_16"),
                       ("a.ogg", "VORBIS"), ("opus.ogg", "OPUS"), ("a.mp3", "MPEG_LAYER_III")):
        with soundfile.SoundFile(path, "w", 8000, 1, form) as file:
            file.title = "words"
            file.write(sound)


@library("tensorboard")
def tensorboard(tensorboard):
    writer = importlib.import_module("tensorboard.summary.writer.event_file_writer").EventFileWriter("run")
    events = importlib.import_module("tensorboard.compat.proto.event_pb2")
    summaries = importlib.import_module("tensorboard.compat.proto.summary_pb2")
    for step in range(3):
        value = summaries.Summary.Value(tag="loss", simple_value=1 / (step + 1))
        writer.add_event(events.Event(wall_time=step, step=step, summary=summaries.Summary(value=[value])))
    writer.close()
    (path,) = os.listdir("run")
    os.rename(f"run/{path}", "events.out.tfevents.1700000000.host.1.0")  # theirs names the machine
    os.rmdir("run")


@library("pyarrow", "pyarrow.parquet", "pyarrow.feather")
def pyarrow(pyarrow, parquet, feather):
    table = pyarrow.table({"number": [1, 2, 3], "text": ["a", "b", None], "list": [[1], [], [2, 3]],
                           "of words": pyarrow.array(["a", "b", "a"]).dictionary_encode()})
    parquet.write_table(table, "plain.parquet")
    parquet.write_table(table, "packed.parquet", compression="zstd", version="1.0", row_group_size=2)
    parquet.write_metadata(table.schema, "common_metadata.parquet")
    for kind in ("file", "stream"):
        with getattr(pyarrow.ipc, f"new_{kind}")(f"{kind}.arrow", table.schema) as out:
            out.write_table(table)
    feather.write_feather(table, "packed.feather", compression="lz4")


kept = {}
if os.path.exists("made.json"):
    with open("made.json") as file:
        kept = json.load(file)
for folder, versions in MADE.items():
    kept[folder] = {"versions": versions, "python": sys.version.split()[0], "date": datetime.date.today().isoformat()}
with open("made.json", "w") as file:
    json.dump(kept, file, indent=1, sort_keys=True)
    file.write("\n")
