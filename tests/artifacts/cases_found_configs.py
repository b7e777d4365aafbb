"""What attackers of this scanner found in settings, code and adapters, each closed since."""

import json
import struct

from cases_adapter import PLAIN, folder
from corpus import case

NOTES = {"CFG-106", "CFG-202", "CFG-204", "CFG-205", "CFG-214"}


def told(id, files, *rules, verdict=None, arguments=()):
    """`files`: {name: bytes, text, or what is written as JSON}."""
    made = {name: content if isinstance(content, bytes)
            else (content if isinstance(content, str) else json.dumps(content)).encode()
            for name, content in files.items()}
    case("configs/" + id, verdict=verdict or ("findings" if set(rules) - NOTES else "clean"), rules=rules,
         arguments=arguments)(lambda: made)


def settings(id, fields, *rules, name="config.json"):
    told(id, {name: fields}, *rules)


# Targets that reach a loader, or more, through the libraries that such files are written for.
for target in ("torch.load", "torch.hub.load", "torch.jit.load", "torch.ops.load_library",
               "torch.utils.cpp_extension.load_inline", "torch.utils.model_zoo.load_url",
               "transformers.dynamic_module_utils.get_class_from_dynamic_module",
               "transformers.AutoModel.from_pretrained", "transformers.pipelines.pipeline_loads",
               "nemo.core.classes.ModelPT.restore_from", "nemo.utils.model_utils.import_class_by_path",
               "nemo.collections.asr.models.ASRModel.from_pretrained",
               "pytorch_lightning.LightningModule.load_from_checkpoint"):
    settings("target/" + target, {"_target_": target, "a": "b"}, "CFG-111")
for target in ("torch.utils._import_utils.importlib.import_module", "torch.serialization.pickle.Unpickler",
               "torch.nn.modules.module.functools.partial", "nemo.collections.asr.parts.shutil.rmtree",
               "transformers.file_utils.subprocess.Popen", "torch.distributed.launcher.system"):
    settings("target/" + target, {"_target_": target}, "CFG-107")
for target in ("transformers.LegacyIndex", "transformers.PythonInterpreterTool", "torch.multiprocessing.Process",
               "torch.utils.data.datapipes.iter.FileOpener", "torch.nn.Module.apply", "torch._C.Generator",
               "torch.nn.Line\u0430r", "${a}.${b}", " torch.nn.Linear"):
    settings("target/" + target.encode("unicode_escape").decode().replace("\\", "_"), {"_target_": target}, "CFG-105")
for target in ("torch.nn.Linear", "torch.optim.AdamW", "torch.utils.data.DataLoader", "transformers.BertConfig",
               "nemo.collections.asr.modules.ConformerEncoder", "lightning.pytorch.Trainer",
               "nemo.collections.common.tokenizers.sentencepiece_tokenizer.SentencePieceTokenizer"):
    settings("target/" + target, {"_target_": target}, "CFG-106")

# Other keys that name objects.
told("latent_diffusion", {"v1.yaml": "model:\n  target: ldm.models.diffusion.ddpm.LatentDiffusion\n  params:\n    a: 1\n"}, "CFG-106")
told("stable_diffusion", {"v1-inference.yaml": """model:
  base_learning_rate: 1.0e-04
  target: ldm.models.diffusion.ddpm.LatentDiffusion
  params:
    scheduler_config:
      target: ldm.lr_scheduler.LambdaLinearScheduler
      params: {warm_up_steps: [10000]}
    unet_config:
      target: ldm.modules.diffusionmodules.openaimodel.UNetModel
      params: {image_size: 32, use_checkpoint: True}
    first_stage_config:
      target: ldm.models.autoencoder.AutoencoderKL
      params:
        lossconfig:
          target: torch.nn.Identity
    cond_stage_config:
      target: ldm.modules.encoders.modules.FrozenCLIPEmbedder
"""}, "CFG-106")
told("nemo", {"model_config.yaml": """sample_rate: 16000
tokenizer:
  dir: null
  type: bpe
  model_path: nemo:abc_tokenizer.model
preprocessor:
  _target_: nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor
  window: hann
spec_augment:
  _target_: nemo.collections.asr.modules.SpectrogramAugmentation
encoder:
  _target_: nemo.collections.asr.modules.ConformerEncoder
optim:
  name: adamw
target: nemo.collections.asr.models.rnnt_bpe_models.EncDecRNNTBPEModel
nemo_version: 2.3.0
"""}, "CFG-106")
told("speech_of_nemo", {"model_config.yaml": """text_tokenizer:
  _target_: nemo.collections.common.tokenizers.text_to_speech.tts_tokenizers.EnglishPhonemesTokenizer
  g2p:
    _target_: nemo.collections.tts.g2p.models.en_us_arpabet.EnglishG2p
    phoneme_dict: nemo:cmudict
text_normalizer:
  _target_: nemo_text_processing.text_normalization.normalize.Normalizer
"""}, "CFG-106")
told("latent_diffusion_loads", {"v1.yaml": "model:\n  target: torch.hub.load\n  params:\n    repo_or_dir: me/x\n"}, "CFG-111")
told("latent_diffusion_own", {"v1.yaml": "model:\n  target: mine.make\n  params:\n    a: 1\n"}, "CFG-105")
told("target_in_words", {"task.yaml": "target: accuracy\nother:\n  target: lm_head.weight\n"})
told("lightning", {"config.yaml": "model:\n  class_path: os.system\n  init_args:\n    command: id\n"}, "CFG-107")
# As the configurations of TerraTorch, which vLLM loads, have them.
for name in ("terratorch.tasks.SemanticSegmentationTask", "terratorch.datasets.transforms.SelectBands", "torchgeo.datamodules.EuroSATDataModule",
             "albumentations.D4", "albumentations.pytorch.ToTensorV2", "timm.models.swin_transformer.SwinTransformer"):
    told("terratorch/" + name, {"config.json": {"pretrained_cfg": {"model": {"class_path": name, "init_args": {"loss": "ce"}}}}}, "CFG-106")
for name in ("terratorch_evil.tasks.Task", "albumentations.from_dict", "timm.create_model", "terratorch.tasks.run"):
    told("terratorch/" + name, {"config.json": {"pretrained_cfg": {"model": {"class_path": name, "init_args": {"loss": "ce"}}}}}, "CFG-105")
told("terratorch/albumentations.load", {"config.json": {"model": {"class_path": "albumentations.load", "init_args": {"p": "x"}}}}, "CFG-111")
told("lightning_short", {"config.yaml": "optimizer:\n  class_path: Adam\n"})
told("torchtune_recipe", {"recipe.yaml": """model:
  _component_: torchtune.models.llama3_2.lora_llama3_2_1b
  lora_attn_modules: [q_proj, v_proj]
tokenizer:
  _component_: torchtune.models.llama3.llama3_tokenizer
dataset:
  _component_: torchtune.datasets.alpaca_cleaned_dataset
checkpointer:
  _component_: torchtune.training.FullModelHFCheckpointer
optimizer:
  _component_: bitsandbytes.optim.PagedAdamW8bit
profiler:
  _component_: torchtune.training.setup_torch_profiler
"""}, "CFG-106")
told("torchtune_trusts", {"recipe.yaml": """dataset:
  _component_: torchtune.datasets.instruct_dataset
  source: me/evil
  trust_remote_code: true
"""}, "CFG-103", "CFG-106")
told("torchtune", {"recipe.yaml": "model:\n  _component_: evil.make\n"}, "CFG-105")
told("in_second_document", {"a.yaml": "a: 1\n---\nclass_path: os.system\n"}, "CFG-107")
settings("mmengine", {"custom_imports": {"imports": ["evil"]}}, "CFG-109")
settings("jsonpickle", {"a": {"py/reduce": [{"py/function": "os.system"}, {"py/tuple": ["id"]}]}}, "CFG-113")
settings("fiddle", {"root": {"type": {"type": "pyref", "module": "os", "name": "system"}}}, "CFG-107", name="io.json")
settings("fiddle_plain", {"type": {"type": "pyref", "module": "nemo.collections.llm", "name": "LlamaModel"}}, name="io.json")

# MONAI bundles are programs.
settings("monai_import", {"imports": ["$import os"]}, "CFG-112", name="inference.json")
settings("monai_call", {"run": "$__import__('os').system('id')"}, "CFG-112", name="metadata.json")
told("monai_yaml", {"inference.yaml": "device: $torch.device('cpu')\n"}, "CFG-112")
told("resolver", {"config.yaml": "a: ${eval:__import__}\nb: ${a}\n"}, "CFG-112")
settings("prompts", {"a": "$question (short)", "b": "${name} (x)"}, name="prompts.json")
settings("dollars", {"a": "$HOME/x", "b": "$5 (five)", "c": "$f(x)$", "d": "${a}(b)"})

told("speechbrain", {"hyperparams.yaml": "x: !apply:os.system [id]\n"}, "CFG-107", "CFG-303")
told("speechbrain_plain", {"hyperparams.yaml": "x: !new:speechbrain.nnet.CNN.Conv2d\n  a: 1\n"}, "CFG-303", verdict="inconclusive")
settings("library_of_mlc", {"model_lib_path": "x.so"}, "CFG-114", name="mlc-chat-config.json")

# What is loaded lies elsewhere.
settings("speculators", {"speculators_model_type": "eagle3",
                         "speculators_config": {"verifier": {"name_or_path": "me/evil"}}}, "CFG-209")
settings("rag", {"model_type": "rag", "index_path": "me/evil"}, "CFG-209")
settings("ultravox", {"model_type": "ultravox", "text_model_id": "me/evil"}, "CFG-209")
settings("llava", {"mm_vision_tower": "me/evil"}, "CFG-209")
settings("timm", {"architecture": "hf-hub:me/evil"}, "CFG-209")
settings("backbone", {"backbone": "me/evil", "use_pretrained_backbone": True}, "CFG-209")
settings("backbone_of_timm", {"backbone": "resnet50", "use_pretrained_backbone": True})
settings("tokenizer_of_others", {"tokenizer_name_or_path": "me/evil"}, "CFG-209", name="sentence_bert_config.json")
settings("audio_tokenizer", {"processor_class": "CsmProcessor", "audio_tokenizer": {
    "audio_tokenizer_class": "DacModel", "audio_tokenizer_name_or_path": "me/evil"}}, "CFG-209", name="processor_config.json")
settings("audio_tokenizer_alone", {"audio_tokenizer_class": "DacModel", "audio_tokenizer_name_or_path": "me/evil"}, "CFG-209",
         name="audio_tokenizer_config.json")
settings("modular", {"vae": ["diffusers", "AutoencoderKL", {"pretrained_model_name_or_path": "me/evil"}]}, "CFG-209",
         name="modular_model_index.json")
settings("trained_from", {"_name_or_path": "me/x", "base_model_name_or_path": "me/y"})

# Objects of several keys, and what is true only to Python.
settings("keras_preset", {"module": "keras_hub.src.models.gpt", "class_name": "Backbone", "config": {}})
settings("keras_program", {"class_name": "TFSMLayer", "config": {"filepath": "gs://evil/m"}}, "KER-020")
settings("keras_words_of_a_file", {"class_name": "StringLookup", "config": {"vocabulary": "w.txt"}}, "KER-021")
settings("keras_words", {"class_name": "StringLookup", "config": {"vocabulary": ["a", "b"]}})
settings("keras_lambda", {"config": {"layers": [{"class_name": "Lambda", "config": {}}]}}, "CFG-107")
settings("keras_module", {"module": "os", "class_name": "system", "config": "id"}, "CFG-107")
settings("skops", {"__class__": "system", "__module__": "os", "__loader__": "ObjectNode"}, "CFG-107", name="schema.json")
settings("router", {"types": {"query_0": "os.system"}, "structure": {}}, "CFG-107", name="router_config.json")
settings("activation", {"activation_function": "os.abort"}, "CFG-107")
settings("activation_usual", {"activation_function": "torch.nn.modules.activation.Tanh", "hidden_act": "gelu_new"})
settings("cross_encoder", {"sentence_transformers": {"activation_fn": "mine.X"}}, "CFG-105")
settings("custom_ops", {"model": {"decoder": {"session_options": {"custom_ops_library": "x.so"}}}}, "CFG-114",
         name="genai_config.json")
told("trust_nan", {"config.json": '{"trust_remote_code": NaN}'}, "CFG-103", "CFG-202")
told("trust_one", {"a.yaml": "trust_remote_code: 1\n"}, "CFG-103")
told("trust_quoted", {"a.yaml": "trust_remote_code: 'false'\n"}, "CFG-103")
told("index_of_variant", {"model.safetensors.index.fp16.json": {"weight_map": {"a": "../x.safetensors"}}}, "CFG-206")

# Forms of auto_map, of repositories and of names.
settings("map_text", {"auto_map": "me/repo--m.C"}, "CFG-102")
settings("map_list", {"auto_map": ["m.C", None]}, "CFG-101", "CFG-208", name="tokenizer_config.json")
settings("map_dashes_only", {"auto_map": {"AutoModel": "--m.C"}}, "CFG-102")
settings("map_deep", {"a": [[{"b": {"auto_map": {"AutoModel": {"x": ["m.C"]}}}}]]}, "CFG-101", "CFG-208")
settings("map_upwards", {"auto_map": {"AutoModel": "../m.C"}}, "CFG-101", "CFG-208")
told("map_escaped", {"config.json": r'{"\u0061uto_map": {"AutoModel": "m.C"}}'}, "CFG-101", "CFG-208")
told("map_in_upper_case_name", {"CONFIG.JSON": {"auto_map": {"AutoModel": "m.C"}}}, "CFG-101", "CFG-208")
told("map_without_ending", {"settings": b'\n\t {"auto_map": {"AutoModel": "m.C"}}'}, "CFG-101", "CFG-208")
told("map_in_folder", {"text_encoder/config.json": {"auto_map": {"AutoModel": "m.C"}}}, "CFG-101", "CFG-208")
told("map_twice", {"config.json": '{"a": {"auto_map": {}, "auto_map": {"AutoModel": "m.C"}}}'}, "CFG-201", "CFG-301")
told("longer_integer", {"config.json": '{"a": ' + "9" * 5000 + "}"}, "CFG-301", verdict="inconclusive")
told("long_integer", {"config.json": '{"a": ' + "9" * 300 + ', "auto_map": {"AutoModel": "m.C"}}'}, "CFG-101", "CFG-208")
settings("repository_in_list", ["me/repo--m.C"], "CFG-102")
settings("repository_as_class", {"tokenizer_class": "me/repo--m.C"}, "CFG-102")
settings("processor", {"auto_map": {"AutoProcessor": "p.P"}}, "CFG-101", "CFG-208", name="video_preprocessor_config.json")
settings("pipeline_of_diffusers", {"_class_name": ["my_pipeline", "Mine"]}, "CFG-109", name="model_index.json")
told("tag_in_two_parts", {"a.yaml": "%TAG !p! tag:yaml.org,2002:py\n---\na: !p!thon/object/apply:os.system [id]\n"},
     "CFG-108", "CFG-303")
told("folded", {"a.yaml": "_target_: >-\n  os.\n  system\n"}, "CFG-107")
told("escaped_target", {"a.yaml": '"\\x5ftarget_": "os.\\x73ystem"\n'}, "CFG-107")
told("flow", {"a.yaml": "a: [{b: {_target_: os.system}}]\n"}, "CFG-107")
told("marked", {"a.yaml": "\ufeffa: 1\nb: 2\n"})
told("marked_target", {"a.yaml": "\ufeff_target_: os.system\n"}, "CFG-107")
told("marked_twice", {"a.yaml": "\ufeff\ufeffa: 1\n"}, "CFG-303", verdict="inconclusive")
told("says_nothing", {"a.yaml": "# Copyright\n---\n\n  # and no more\n"})
told("says_nothing_but_a_tag", {"a.yaml": "# Copyright\n--- !!python/object/apply:os.system [id]\n"},
     "CFG-108", "CFG-303")
for name, end in (("return", "\r"), ("next_line", "\x85"), ("line_separator", "\u2028")):
    told("after_a_comment/" + name, {"a.yaml": f"# x{end}_target_: os.system\n"}, "CFG-107", "CFG-303")
told("after_a_mark", {"a.yaml": "--- {_target_: os.system}\n"}, "CFG-107")
told("utf_16", {"a.yaml": "_target_: os.system\n".encode("utf-16")}, "CFG-303", verdict="inconclusive")

# Names that begin like those of libraries.
settings("library_alike", {"unet": ["diffusers_evil", "X"]}, "CFG-109", name="model_index.json")
settings("module_inside", [{"type": "sentence_transformers.util.import_from_string"}], "CFG-109", name="modules.json")
settings("kernel_internal", {"_attn_implementation_internal": "me/evil"}, "CFG-110")
settings("kernel_of_experts", {"experts_implementation": "me/evil"}, "CFG-110")


# Files whose content is not what their name promises.
PAGE = b"<!DOCTYPE html>\n<html><body>Please log in</body></html>\n"
for name in ("model.bin", "model.pt", "pytorch_model.bin", "model.onnx", "model.ckpt", "model.pkl", "model.h5",
             "model.npz", "a.zip", "model.tar.gz", "tokenizer.model"):
    told("page/" + name, {name: PAGE}, "FIL-001")
told("page/model.safetensors", {"model.safetensors": PAGE}, "STF-002")
told("page/model.gguf", {"model.gguf": PAGE}, "GGF-001")
told("page/page.html", {"page.html": PAGE})
told("json_as_weights", {"model.bin": {}}, "FIL-001")
told("error_as_weights", {"model.pt": b"Entry not found\n"}, "FIL-001")
told("ranks_as_model", {"tokenizer.model": b"IQ== 0\nIg== 1\n"})
ELF = b"\x7fELF\x02\x01\x01" + bytes(57)
MACH_O = b"\xcf\xfa\xed\xfe\x07\0\0\x01" + bytes(56)
PE = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(20)
for kind, content in (("elf", ELF), ("mach_o", MACH_O), ("pe", PE)):
    for name in ("model.safetensors", "model.gguf", "array.npy", "config.json"):
        told(f"{kind}_as_{name}", {name: content}, "COD-105", "FIL-001")
    told(f"{kind}_as_bin", {"model.bin": content}, "COD-105")
    told(f"{kind}_as_itself", {"x.so": content}, "COD-105")

# Bytes that are two things at once: which of them a loader takes is up to it.
RUNS = b"cposix\nsystem\n(Vtrue\ntR."


def tensors_that_run(magic=b""):
    """A safetensors file whose length is an opcode: V, a text up to the first newline."""
    header = b'{"a":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]}}' % ((100, 100))
    header = header.ljust(0x56)
    return struct.pack("<Q", 0x56) + header + (b"\n0" + RUNS).ljust(100, b"\0")


def as_tar(head, name=b""):
    """The first header of a tar, its name field and more being `head`, up to the sum that makes it one."""
    block = bytearray(head.ljust(512, b"\0")[:512])
    block[100:108], block[124:136] = b"0000644\0", b"00000000000\0"
    block[148:156], block[156:157] = b" " * 8, b"0"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


told("both/safetensors_and_pickle", {"model.bin": tensors_that_run()}, "FIL-001", "STF-020", "PKL-101", "PKL-201")
told("both/safetensors_and_pickle_named", {"model.safetensors": tensors_that_run()}, "FIL-001", "STF-020", "PKL-101", "PKL-201")
told("both/tar_and_pickle", {"model.pkl": as_tar(RUNS) + bytes(1024)}, "FIL-001", "ARC-005", "ARC-010", "PKL-101", "PKL-201")
told("both/tar_and_hdf5", {"model.h5": as_tar(b"\x89HDF\r\n\x1a\n") + bytes(1024)}, "FIL-001", "ARC-005", "ARC-010")
told("both/tar_and_npy", {"array.npy": as_tar(b"\x93NUMPY\1\0") + bytes(1024)}, "FIL-001", "ARC-005", "ARC-010")
told("both/tar_and_gguf", {"model.bin": as_tar(b"GGUF\3\0\0\0") + bytes(1024)}, "FIL-001", "ARC-005", "ARC-010")
told("tar_without_magic", {"a.tar": as_tar(b"words.txt") + bytes(1024)}, "ARC-010")
for length in (0x28, 0x30, 0x50, 0x58, 0x68, 0x70, 0x80, 0x88, 0x98, 0x150, 0x280):  # "(", "0", "P", "X" …
    told(f"length_{length:x}", {"model.safetensors": struct.pack("<Q", length) + b"{}".ljust(length)})

# Code of other languages, and what bears the name of code.
EMPTY_ZIP = b"PK\5\6" + bytes(18)
for name in ("fit.R", "app.js", "main.c", "kernel.cu", "fast.pyx", "lib.so", "lib.dll", "x.rs", "Makefile", "Dockerfile"):
    told("code/" + name, {name: b"plain words\n"}, "COD-107")
for name in ("x.sh", "x.ps1", "x.bat", "x.CMD", "x.lua", "x.desktop"):
    told("code/" + name, {name: b"plain words\n"}, "COD-104")
told("code/json_as_python", {"x.py": b"{}"}, "COD-102")
told("code/json_as_script", {"x.sh": b"{}"}, "COD-104")
told("code/zip_as_python", {"x.py": EMPTY_ZIP}, "FIL-001")
told("code/zip_as_library", {"x.so": EMPTY_ZIP}, "FIL-001")
told("code/bytes_as_library", {"x.js": b"\xff\1\2"}, "COD-107")
told("code/ordinary", {"README.md": "# Model\n", "LICENSE": "Permission is hereby granted\n", "USE_POLICY.md": "words\n",
                       ".gitattributes": "*.bin filter=lfs\n", "requirements.txt": "torch>=2.0\n", "NOTICE": "words\n",
                       "vocab.txt": "a\nb\n", "results.tsv": "a\tb\n", "CITATION.cff": "title: x\n",
                       "events.log": "step 1\n", "model.safetensors.md": "words\n", ".gitignore": "*.so\n"})


# Expressions of adapters: what trainers write is matched at once, what takes long is not written by them.
def adapter(id, change, *rules, **files):
    case("configs/adapter/" + id, verdict="findings" if set(rules) - NOTES - {"LRA-010", "LRA-031"} else "clean", rules=rules)(
        lambda: folder({**PLAIN, **change}, **files))


for number, expression in enumerate((
        r"^(?!.*patch_embed).*(?:gate_proj|k_proj|fc2|o_proj|v_proj|up_proj|fc1|proj|down_proj|qkv|q_proj).*",
        r"^(?!.*(?:visual|merger)).*(?:q_proj|v_proj)$", r"^(model)(?!.*(lm_head|output|emb|wte|shared)).*",
        r"^(language_model|model)(?=\.).*\.(q_proj|v_proj)$", r"(?:.*\.)?(\w+\.)*(?:q|v)_proj")):
    adapter(f"ordinary_expression_{number}", {"target_modules": expression})
for number, expression in enumerate((r"(a+)+$", r"(?=(a+)+$)x", r"(\w+_)*x", r"(.|.)" * 24, r".?" * 24, r"(a|ab|b)*c",
                                     r".*.*.*.*(?=.*.*)b.*b", r"[\w.]{1,9}" * 20 + "!")):
    adapter(f"slow_expression_{number}", {"target_modules": expression}, "LRA-009", "LRA-046")
adapter("slow_layers", {"layers_pattern": ["(a+)+$"]}, "LRA-004", "LRA-009")

case("configs/adapter/base_allowed", verdict="clean", arguments=["--allowed-base", PLAIN["base_model_name_or_path"]])(folder)
case("configs/adapter/base_not_allowed", verdict="findings", rules=["LRA-013"], arguments=["--allowed-base", "me/other"])(folder)
case("configs/adapter/no_base_stated", verdict="findings", rules=["LRA-013"], arguments=["--allowed-base", "me/other"])(
    lambda: folder({key: value for key, value in PLAIN.items() if key != "base_model_name_or_path"}))

# Paths upwards: of files that a loader joins to the folder, of a training, and texts that are none.
told("path/of_a_loader", {"tokenizer_config.json": {"tokenizer_file": "../x/tokenizer.json"}}, "CFG-203")
told("path/of_a_module", {"modules.json": [{"idx": 0, "name": "0", "path": "../0_T", "type": "sentence_transformers.models.Transformer"}]},
     "CFG-203")
told("path/of_a_module_absolute", {"modules.json": [{"idx": 0, "name": "0", "path": "/opt/0_T", "type": "sentence_transformers.models.Transformer"}]},
     "CFG-203", "CFG-204")
told("path/of_a_training", {"trainer_state.json": {"best_model_checkpoint": "../out/checkpoint-100", "x": "../y"}}, "CFG-204")
told("path/of_its_arguments", {"training_args.json": {"output_dir": "../out", "logging_dir": "../out/runs"}}, "CFG-204")
told("path/of_its_data", {"config.yaml": "output_dir: ../out\n"}, "CFG-204")
told("path/tokens", {"tekken.json": {"vocab": [{"rank": 0, "token_bytes": "Li4v", "token_str": "../"},
                                               {"rank": 1, "token_bytes": "XSguLi8uLi8=", "token_str": "](../../"}]},
                     "special_tokens_map.json": {"additional_special_tokens": ["../", '="../../']}})

# Settings without the name of settings.
told("unnamed/target", {"hparams": "model:\n  _target_: os.system\n  command: id\n"}, "CFG-107")
told("unnamed/tag", {"notes.txt": "a: !!python/object/apply:os.system [id]\n"}, "CFG-108")
told("unnamed/broken", {"conf": "model:\n  _target_: os.system\n  a: &x 1\n"}, "CFG-107")
told("unnamed/plain", {"hparams": "model:\n  _target_: torch.nn.Linear\n  a: &x 1\n"}, "CFG-106")
told("unnamed/documentation", {"README.md": "# Usage\n\nWrite `_target_: os.system` never, nor `!!python/name:os.system`.\n"})
told("unnamed/documentation_in_yaml", {"README.md": "usage:\n```yaml\n_target_: os.system\n```\n"})

# Fields of PEFT's configurations, and files beside them.
adapter("prompt_tuning", {"peft_type": "PROMPT_TUNING", "tokenizer_name_or_path": "me/evil"}, "CFG-209", "LRA-003", "LRA-010")
adapter("base_upwards", {"base_model_name_or_path": "../../evil"}, "CFG-214")
adapter("base_of_another_machine", {"base_model_name_or_path": "/home/me/Llama-3.1-8B"}, "CFG-214")
adapter("base_on_a_drive", {"base_model_name_or_path": "C:\\models\\llama"}, "CFG-214")
for number, base in enumerate((r"\\server\share\llama", "//server/share/llama", "file:///models/llama", "file:llama", "s3://bucket/llama",
                              "gs://bucket", "hf://me/llama", "/llama", "/mnt/my models/llama", "./llama", "~", "..", "C:llama")):
    adapter(f"base_by_place_{number}", {"base_model_name_or_path": base}, "CFG-214")
for number, base in enumerate(("me/llama", "llama", "models/llama", "llama3:8b", "me/llama:q4", "My Llama", "llama-2/", "")):
    adapter(f"base_by_name_{number}", {"base_model_name_or_path": base})
adapter("base_by_address", {"base_model_name_or_path": "https://example.com/llama"}, "CFG-205")
adapter("other_path", {"revision": "/home/me/Llama-3.1-8B"}, "CFG-204")
adapter("base_is_code", {"base_model_name_or_path": "me/evil--m.C"}, "CFG-102")
adapter("mapping_to_system", {"auto_mapping": {"parent_library": "os", "base_model_class": "system"}}, "LRA-008")
adapter("mapping_beside", {"auto_mapping": {"parent_library": "transformers.models.x", "base_model_class": "Y", "z": "os.system"}}, "LRA-008")
adapter("megatron", {"megatron_core": "evil", "megatron_config": None}, "LRA-008")
adapter("runtime", {"runtime_config": {"evil": 1}}, "LRA-008")
adapter("custom_code", {"auto_map": {"AutoModel": "m.C"}}, "CFG-101", "CFG-208", "LRA-010")
adapter("mapping_to_module", {"auto_mapping": {"parent_library": "transformers.models.auto", "base_model_class": "importlib"}},
        "LRA-008")
adapter("turned_round", {"lora_alpha": -16}, "LRA-004")
adapter("alpha_of_nothing", {"lora_alpha": 0}, "LRA-004")
adapter("alpha_nan", {"lora_alpha": float("nan")}, "CFG-202", "LRA-001")
adapter("rank_as_real", {"r": 8.0}, "LRA-002")
adapter("rank_as_truth", {"r": True}, "LRA-002")
adapter("case_of_type", {"peft_type": "lora"}, "LRA-003")
adapter("case_of_module", {"target_modules": ["Q_PROJ", "v_proj"]}, "LRA-019", "LRA-026")
adapter("nul_in_module", {"target_modules": ["q_proj\0", "v_proj"]}, "LRA-019", "LRA-026")
adapter("all_scaled_by_expression", {"alpha_pattern": {".*": 1e9}}, "LRA-012")

# What PEFT would not change with that configuration.
for number, change in enumerate((
        {"target_modules": []}, {"target_modules": ".*k_proj$"}, {"target_modules": ".*v_proj$"}, {"target_modules": ""},
        {"layers_to_transform": [7]}, {"exclude_modules": ["q_proj"]}, {"exclude_modules": ".*q_proj"})):
    unused = ["LRA-019"] if number in (1, 3, 4) else []
    adapter(f"not_stated_{number}", change, "LRA-026", *unused)
for field in ("rank_pattern", "alpha_pattern"):
    for number, value in enumerate((513, "8", ["q_proj"], 8.5, True)):
        adapter(f"{field}_is_no_object_{number}", {field: value}, "LRA-004")
adapter("no_exclusion", {"exclude_modules": "", "layers_pattern": ""})
