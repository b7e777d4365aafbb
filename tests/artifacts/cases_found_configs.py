"""What attackers of this scanner found in settings, code and adapters, each closed since."""

import json

from corpus import case

NOTES = {"CFG-106", "CFG-202", "CFG-204", "CFG-205"}


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
told("latent_diffusion_loads", {"v1.yaml": "model:\n  target: torch.hub.load\n  params:\n    repo_or_dir: me/x\n"}, "CFG-111")
told("latent_diffusion_own", {"v1.yaml": "model:\n  target: mine.make\n  params:\n    a: 1\n"}, "CFG-105")
told("target_in_words", {"task.yaml": "target: accuracy\nother:\n  target: lm_head.weight\n"})
told("lightning", {"config.yaml": "model:\n  class_path: os.system\n  init_args:\n    command: id\n"}, "CFG-107")
told("lightning_short", {"config.yaml": "optimizer:\n  class_path: Adam\n"})
told("torchtune", {"recipe.yaml": "model:\n  _component_: evil.make\n"}, "CFG-105")
told("in_second_document", {"a.yaml": "a: 1\n---\nclass_path: os.system\n"}, "CFG-107", "CFG-303")
settings("mmengine", {"custom_imports": {"imports": ["evil"]}}, "CFG-109")
settings("jsonpickle", {"a": {"py/reduce": [{"py/function": "os.system"}, {"py/tuple": ["id"]}]}}, "CFG-113")
settings("fiddle", {"root": {"type": {"type": "pyref", "module": "os", "name": "system"}}}, "CFG-107", name="io.json")
settings("fiddle_plain", {"type": {"type": "pyref", "module": "nemo.collections.llm", "name": "LlamaModel"}}, name="io.json")

# MONAI bundles are programs.
settings("monai_import", {"imports": ["$import os"]}, "CFG-112", name="inference.json")
settings("monai_call", {"run": "$__import__('os').system('id')"}, "CFG-112", name="metadata.json")
told("monai_yaml", {"inference.yaml": "device: $torch.device('cpu')\n"}, "CFG-112")
settings("dollars", {"a": "$HOME/x", "b": "$5 (five)", "c": "$f(x)$", "d": "${a}(b)"})

# What is loaded lies elsewhere.
settings("speculators", {"speculators_model_type": "eagle3",
                         "speculators_config": {"verifier": {"name_or_path": "me/evil"}}}, "CFG-209")
settings("ultravox", {"model_type": "ultravox", "text_model_id": "me/evil"}, "CFG-209")
settings("llava", {"mm_vision_tower": "me/evil"}, "CFG-209")
settings("timm", {"architecture": "hf-hub:me/evil"}, "CFG-209")
settings("backbone", {"backbone": "me/evil", "use_pretrained_backbone": True}, "CFG-209")
settings("backbone_of_timm", {"backbone": "resnet50", "use_pretrained_backbone": True})
settings("tokenizer_of_others", {"tokenizer_name_or_path": "me/evil"}, "CFG-209", name="sentence_bert_config.json")
settings("trained_from", {"_name_or_path": "me/x", "base_model_name_or_path": "me/y"})

# Names that begin like those of libraries.
settings("library_alike", {"unet": ["diffusers_evil", "X"]}, "CFG-109", name="model_index.json")
settings("module_inside", [{"type": "sentence_transformers.util.import_from_string"}], "CFG-109", name="modules.json")
settings("kernel_internal", {"_attn_implementation_internal": "me/evil"}, "CFG-110")
settings("kernel_of_experts", {"experts_implementation": "me/evil"}, "CFG-110")
