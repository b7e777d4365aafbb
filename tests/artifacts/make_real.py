"""Files as the libraries themselves write them. Runs under a Python that has them, and nothing of ours.

    make_real.py FOLDER    writes FOLDER/<library>/…, prints {"made": {path: "clean" | "refused"},
                           "missing": {library: why}, "versions": {library: version}}

`refused` is what PyTorch's own loader refuses with weights_only=True: such a file must never be called
clean. Everything else is what vLLM would load, and must be.
"""

import collections
import importlib
import json
import os

from real_library import MISSING, VERSIONS, begin, end, library, made

begin()


@library("torch", "numpy")
def pytorch(torch, numpy):
    layer = torch.nn.Linear(4, 3)
    optimizer = torch.optim.AdamW(layer.parameters())
    layer(torch.ones(2, 4)).sum().backward()
    optimizer.step()
    numbers = torch.arange(100.)
    views = {"a": numbers[10:20], "b": numbers[::2], "c": numbers.view(10, 10).t(), "d": numbers}
    types = {str(t): torch.zeros(3, 2, dtype=t) for t in (
        torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int8, torch.uint8,
        torch.int16, torch.int32, torch.int64, torch.bool, torch.complex64)}
    newer = {n: torch.zeros(3, 2, dtype=getattr(torch, n)) for n in (
        "float8_e4m3fn", "float8_e5m2", "uint16", "uint32", "uint64") if hasattr(torch, n)}
    objects = {
        "state": layer.state_dict(), "types": types, "newer_types": newer, "views": views,
        "checkpoint": {"model": layer.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3,
                       "rate": 1e-3, "options": {"a": [1, 2, ("x", None, True)]}, "big": 2**40,
                       "negative": -5, "nan": float("nan"), "text": "é" * 300, "long": 10**400},
        "parameter": torch.nn.Parameter(torch.ones(3)), "sparse": torch.eye(3).to_sparse(),
        "compressed": torch.eye(3).to_sparse_csr(), "ordered": collections.OrderedDict(a=torch.ones(1)),
        "counter": collections.Counter("aab"), "set": {1, 2, 3}, "bytes": b"abc" * 10,
        "bytearray": bytearray(b"abc"), "complex": 1 + 2j, "size": torch.Size([1, 2]),
        "device": torch.device("cpu"), "type": torch.float16, "none": None, "number": 5, "dict": {},
        "empty": torch.zeros(0), "scalar": torch.tensor(3.), "expanded": torch.ones(1).expand(5),
        "many": {f"x{i}": torch.ones(2) for i in range(600)}, "meta": torch.empty(3, device="meta"),
        "random": torch.get_rng_state(), "conjugate": torch.ones(2, dtype=torch.complex64).conj(),
        "quantized": torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
        "per_channel": torch.quantize_per_channel(torch.ones(3, 2), torch.ones(3),
                                                  torch.zeros(3, dtype=torch.long), 0, torch.quint8),
        "storage": torch.UntypedStorage(10), "gradient": torch.ones(2, requires_grad=True),
        "module": torch.nn.Sequential(layer), "array": {"a": numpy.ones(3)},
        "scalar_of_numpy": {"a": numpy.float64(3)}, "defaultdict": collections.defaultdict(int, a=1),
    }
    for name, value in objects.items():
        torch.save(value, f"{name}.pt")
    for name in ("state", "types", "views", "checkpoint"):
        torch.save(objects[name], f"{name}_legacy.bin", _use_new_zipfile_serialization=False)
    torch.save(objects["state"], "protocol4.pt", pickle_protocol=4)
    torch.jit.script(layer).save("script.pt")
    for path in sorted(os.listdir(".")):
        try:
            torch.load(path, weights_only=True)
            made(path)
        except Exception:  # whatever it says
            made(path, "refused")


@library("safetensors.torch", "torch")
def safetensors(safetensors, torch):
    safetensors.save_file({"a": torch.ones(3, 2), "b": torch.zeros(0), "c": torch.tensor(1.)}, "plain.safetensors")
    safetensors.save_file({"w": torch.ones(5, dtype=torch.bfloat16)}, "meta.safetensors",
                          metadata={"format": "pt", "note": "é"})
    safetensors.save_file({}, "empty.safetensors")
    types = (torch.float16, torch.float64, torch.int8, torch.uint8, torch.int64, torch.bool)
    safetensors.save_file({str(t): torch.ones(3, dtype=torch.float32).to(t) for t in types}, "types.safetensors")
    for path in os.listdir("."):
        made(path)


@library("numpy")
def arrays(numpy):
    numpy.save("plain.npy", numpy.ones((2, 3)))
    numpy.save("fortran.npy", numpy.asfortranarray(numpy.ones((2, 3))))
    numpy.save("fields.npy", numpy.zeros(3, dtype=[("a", "<i4"), ("b", "U5", (2,))]))
    numpy.save("scalar.npy", numpy.float32(1))
    numpy.savez("plain.npz", a=numpy.ones(3), b=numpy.zeros((2, 2)))
    numpy.savez_compressed("packed.npz", a=numpy.ones(1000))
    for path in os.listdir("."):
        made(path)


@library("gguf", "numpy")
def gguf(gguf, numpy):
    writer = gguf.GGUFWriter("model.gguf", "llama")
    writer.add_block_count(1)
    writer.add_context_length(128)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(["a", "b", "c"])
    writer.add_token_types([1, 1, 3])
    writer.add_bos_token_id(2)
    writer.add_chat_template("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}")
    writer.add_tensor("token_embd.weight", numpy.ones((3, 32), dtype=numpy.float32))
    writer.add_tensor("blk.0.attn_q.weight", numpy.ones((32, 32), dtype=numpy.float16))
    quantized = gguf.quantize(numpy.ones((32, 64), dtype=numpy.float32), gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("blk.0.attn_k.weight", quantized, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    made("model.gguf")


@library("transformers", "torch")
def model(transformers, torch):
    settings = transformers.LlamaConfig(vocab_size=64, hidden_size=32, intermediate_size=64,
                                        num_hidden_layers=2, num_attention_heads=2)
    llama = transformers.LlamaForCausalLM(settings)
    llama.save_pretrained("whole")
    llama.save_pretrained("shards", max_shard_size="20KB")
    tokenizers = importlib.import_module("tokenizers")
    words = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="<unk>"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel()
    words.train_from_iterator(["some words to learn from, and some more"] * 4,
                              tokenizers.trainers.BpeTrainer(vocab_size=60, special_tokens=["<unk>", "<s>", "</s>"]))
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>", bos_token="<s>",
                                                eos_token="</s>")
    fast.chat_template = "{% for m in messages %}{{ bos_token + m['content'] + eos_token }}{% endfor %}"
    for folder in ("whole", "shards"):
        fast.save_pretrained(folder)
        for path in os.listdir(folder):
            made(os.path.join(folder, path))
    try:
        peft = importlib.import_module("peft")
    except ImportError as error:
        MISSING["peft"] = str(error)
        return
    VERSIONS["peft"] = peft.__version__
    adapted = peft.get_peft_model(llama, peft.LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"]))
    adapted.save_pretrained("adapter")
    for path in os.listdir("adapter"):
        made(os.path.join("adapter", path))


@library("transformers", "sentencepiece")
def tokenizers(transformers, sentencepiece):
    """Every kind of vocabulary, as transformers writes it: new, read again, with more tokens, over an older one."""
    words = ["the quick brown fox jumps over the lazy dog", "some words to learn from and some more"] * 50
    with open("words.txt", "w") as out:
        out.write("\n".join(words))
    layouts = {"llama": {"model_type": "bpe"}, "fairseq": {},
               "t5": {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1},
               "albert": {"pad_id": 0, "unk_id": 1, "bos_id": -1, "eos_id": -1, "control_symbols": ["[CLS]", "[SEP]"],
                          "user_defined_symbols": ["[MASK]"], "pad_piece": "<pad>"}}
    for name, layout in layouts.items():
        sentencepiece.SentencePieceTrainer.train(input="words.txt", model_prefix=name, vocab_size=70,
                                                 hard_vocab_limit=False, minloglevel=2, **layout)
    letters = [*"abcdefghijklmnopqrstuvwxyz\u0120", "th", "the"]
    with open("words.json", "w") as out:
        special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "<|endoftext|>"]
        json.dump({word: i for i, word in enumerate(special + letters)}, out)
    with open("merges.txt", "w") as out:
        out.write("#version: 0.2\nt h\nth e\n")
    with open("lines.txt", "w") as out:
        out.write("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + one for one in letters)]))
    pairs = {"vocab_file": "words.json", "merges_file": "merges.txt"}
    kinds = {"Bert": {"vocab_file": "lines.txt"}, "GPT2": pairs, "Roberta": pairs,
             **{name: {"vocab_file": layout + ".model"} for name, layout in (
                 ("Llama", "llama"), ("T5", "t5"), ("XLMRoberta", "fairseq"), ("MBart", "fairseq"), ("Albert", "albert"))}}
    for name, files in kinds.items():
        for ending in ("Tokenizer", "TokenizerFast"):
            maker = getattr(transformers, name + ending, None)
            if maker is None:
                MISSING[f"transformers.{name}{ending}"] = "not in this version"
                continue
            try:
                made_by = maker(**files)
            except Exception:  # newer versions take the vocabulary itself
                MISSING[f"transformers.{name}{ending}"] = "made in another way in this version"
                continue
            made_by.save_pretrained(f"{name}{ending}/new")
            more = maker.from_pretrained(f"{name}{ending}/new")
            more.add_tokens(["<one>", transformers.AddedToken("<two>", lstrip=True)])
            more.add_special_tokens({"pad_token": "[MORE]",
                                     "additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
            for folder in ("more", "over"):
                more.save_pretrained(f"{name}{ending}/{folder}")
            more = maker.from_pretrained(f"{name}{ending}/over")
            more.add_tokens(["<three>"])
            more.save_pretrained(f"{name}{ending}/over")
    for path, _, files in os.walk("."):
        for name in files if path != "." else ():
            made(os.path.join(path, name))


@library("onnx")
def onnx(onnx):
    helper, numbers = onnx.helper, onnx.TensorProto
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])], "g",
        [helper.make_tensor_value_info("x", numbers.FLOAT, [2])],
        [helper.make_tensor_value_info("y", numbers.FLOAT, [2])],
        [helper.make_tensor("w", numbers.FLOAT, [2], [1., 2.])])
    onnx.save(helper.make_model(graph), "model.onnx")
    made("model.onnx")
    # As exporters save what is larger than 2 GB.
    weights = onnx.helper.make_tensor("w", numbers.FLOAT, [64, 64], bytes(range(1, 129)) * 128, raw=True)
    for name, one in (("one", True), ("each", False)):
        os.mkdir(name)
        large = helper.make_model(helper.make_graph(graph.node, "g", graph.input, graph.output, [weights]))
        onnx.save_model(large, f"{name}/model.onnx", save_as_external_data=True, all_tensors_to_one_file=one,
                        location="model.onnx_data" if one else None, size_threshold=0)
        for file in sorted(os.listdir(name)):
            made(f"{name}/{file}")


@library("h5py", "numpy")
def hdf5(h5py, numpy):
    for libver in ("earliest", ("v108", "v108"), ("v110", "v110"), "latest"):
        name = libver if isinstance(libver, str) else libver[0]
        for order in (False, True):
            with h5py.File(f"{name}_{order}.h5", "w", libver=libver, track_order=order) as file:
                file.attrs["text"], file.attrs["bytes"], file.attrs["numbers"] = "words", b"words", numpy.ones((3, 4))
                file.attrs["list"], file.attrs["empty"] = ["one", "two"], h5py.Empty("f4")
                group = file.create_group("layers/dense/vars")
                for index in range(30):
                    group[str(index)] = numpy.ones(index + 1, "f4")
                    group.attrs[f"attribute {index}"] = "v" * index
                for filters in ({"compression": "gzip"}, {"compression": "lzf"}, {"shuffle": True}, {"fletcher32": True},
                                {"scaleoffset": 4}, {"maxshape": (None, 8)}, {"maxshape": (None, None)}):
                    file.create_dataset(str(filters), data=numpy.zeros((8, 8), "i4"), chunks=(4, 4), **filters)
                file["text"], file["texts"], file["opaque"] = "words", ["a", "bb"], numpy.void(b"\1\2\3")
                file["fields"] = numpy.zeros(3, dtype=[("x", "f4"), ("y", "S5")])
                file["reference"], file["kind"] = group["0"].ref, numpy.dtype("f4")
                file.create_dataset("of a kind", (3,), file["kind"])
                file["again"] = group
            made(f"{name}_{order}.h5")


@library("tables", "numpy")
def pytables(tables, numpy):
    with tables.open_file("tables.h5", "w") as file:
        file.create_array("/", "array", numpy.ones(3))
        file.create_carray("/", "packed", obj=numpy.zeros((50, 50)), filters=tables.Filters(5, "blosc"))
        file.create_table("/", "table", {"x": tables.Float32Col(), "s": tables.StringCol(5)})
        file.root._v_attrs.note = "words"
    made("tables.h5")


@library("keras", "numpy")
def keras(keras, numpy):
    layers = keras.layers
    inputs = keras.Input((8, 8, 3))
    outputs = layers.BatchNormalization()(layers.Conv2D(4, 3, activation="relu")(inputs))
    outputs = layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling2D()(outputs))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    model.fit(numpy.zeros((2, 8, 8, 3), "f4"), numpy.zeros(2), verbose=0)
    model.save("model.keras")
    model.save("model.h5")
    model.save_weights("model.weights.h5")
    text = keras.Sequential([keras.Input((4,)), layers.Embedding(10, 3), layers.LSTM(4), layers.Dense(1)])
    text.save("sequence.keras")
    text.save("sequence.h5")
    for path in os.listdir("."):
        made(path)


end()
