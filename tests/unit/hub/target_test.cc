#include "hub/target.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "examined.h"
#include "hub/standard_modules.h"

namespace gh::hub {
namespace {

TEST(Target, Plain) {
  for (const std::string_view name :
       {"torch.nn.Linear",
        "torch.nn.modules.loss.CrossEntropyLoss",
        "torch.nn.functional.relu",
        "torch.nn.init.xavier_uniform_",
        "torch.optim.AdamW",
        "torch.optim.lr_scheduler.StepLR",
        "torch.utils.data.DataLoader",
        "torchaudio.transforms.MelSpectrogram",
        "torchmetrics.Accuracy",
        "nemo.collections.asr.modules.ConformerEncoder",
        "nemo.collections.asr.models.EncDecCTCModelBPE",
        "nemo.collections.common.tokenizers.text_to_speech.tts_tokenizers.EnglishPhonemesTokenizer",
        "nemo.core.optim.lr_scheduler.CosineAnnealing",
        "nemo.lightning.NeMoLogger",
        "nemo_text_processing.g2p.modules.EnglishG2p",
        "lightning.pytorch.Trainer",
        "pytorch_lightning.callbacks.ModelCheckpoint",
        "megatron.core.models.gpt.GPTModel",
        "transformers.BertConfig",
        "transformers.models.bert.modeling_bert.BertForMaskedLM",
        "ldm.models.diffusion.ddpm.LatentDiffusion",
        "monai.networks.nets.UNet",
        "bitsandbytes.optim.PagedAdamW8bit",
        "terratorch.tasks.SemanticSegmentationTask",
        "terratorch.datamodules.GenericNonGeoSegmentationDataModule",
        "terratorch.datasets.transforms.FlattenTemporalIntoChannels",
        "torchgeo.datamodules.EuroSATDataModule",
        "torchgeo.trainers.SemanticSegmentationTask",
        "albumentations.D4",
        "albumentations.pytorch.ToTensorV2",
        "albumentations.augmentations.geometric.resize.Resize",
        "timm.models.swin_transformer.SwinTransformer",
        "timm.loss.LabelSmoothingCrossEntropy",
        "torchtune.datasets.alpaca_dataset",
        "torchtune.datasets.multimodal.the_cauldron_dataset",
        "torchtune.datasets.multimodal.the_cauldron_transform",
        "torchtune.models.code_llama2.qlora_code_llama2_7b",
        "torchtune.models.llama3.base_llama_tp_plan",
        "torchtune.models.llama3.llama3_tokenizer",
        "torchtune.models.mistral._component_builders.mistral_classifier",
        "torchtune.modules.loss.CEWithChunkedOutputLoss",
        "torchtune.rlhf.loss.DPOLoss",
        "torchtune.training.FullModelHFCheckpointer",
        "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup",
        "torchtune.training.metric_logging.DiskLogger",
        "torchtune.training.setup_torch_profiler"})
    EXPECT_EQ(judge_target(name), Target::plain) << name;
}

TEST(Target, Loaders) {
  for (const std::string_view name :
       {"torch.load",
        "torch.hub.load",
        "torch.hub.load_state_dict_from_url",
        "torch.jit.load",
        "torch.package.package_importer.open_file",
        "torch.utils.model_zoo.load_url",
        "torch.ops.load_library",
        "torch.classes.load_library",
        "torch.utils.cpp_extension.load",
        "torch.utils.cpp_extension.load_inline",
        "transformers.dynamic_module_utils.get_class_from_dynamic_module",
        "transformers.AutoModel.from_pretrained",
        "transformers.utils.hub.cached_file",
        "transformers.pipelines.load_model",
        "nemo.core.classes.ModelPT.restore_from",
        "nemo.collections.asr.models.ASRModel.from_pretrained",
        "nemo.utils.model_utils.import_class_by_path",
        "pytorch_lightning.LightningModule.load_from_checkpoint",
        "numpy.load",
        "joblib.load",
        "torchtune.models.llama3.load_anything",
        "torchtune.datasets.hub_dataset",
        "huggingface_hub.hf_hub_download",
        "albumentations.load",
        "timm.models.hub.load_state_dict_from_hf",
        "terratorch.models.load_anything",
        "mine.restore_checkpoint"})
    EXPECT_EQ(judge_target(name), Target::loader) << name;
}

TEST(Target, RunsSomething) {
  for (const std::string_view name : {"os.system",
                                      "posix.system",
                                      "subprocess.run",
                                      "builtins.eval",
                                      "eval",
                                      "exec",
                                      "importlib.import_module",
                                      "pickle.loads",
                                      "runpy.run_path",
                                      "functools.partial",
                                      "operator.methodcaller",
                                      "torch.nn.__builtins__.eval",
                                      "nemo.utils.os.system",
                                      "torch.nn.modules.module.functools.partial",
                                      "torch.utils._import_utils.importlib.x",
                                      "torch.serialization.pickle.Unpickler",
                                      "transformers.file_utils.subprocess.Popen",
                                      "nemo.collections.common.parts.shutil.rmtree",
                                      "a.b.system",
                                      "torchtune.models.llama3.os.system",
                                      "a.popen",
                                      "__main__.x",
                                      "torch.distributed.run.run_path",
                                      "pip.main"})
    EXPECT_EQ(judge_target(name), Target::runs) << name;
}

TEST(Target, Unknown) {
  for (const std::string_view name : {"",
                                      ".",
                                      "torch",
                                      "torch.nn.",
                                      ".torch.nn.Linear",
                                      "torch..nn.Linear",
                                      "my.module.Class",
                                      "torch.nn.Linear ",
                                      "torch.nn.Linear\n",
                                      "torch.nn.Lin\xc3\xa9"
                                      "ar",
                                      "torch.nn.L\xce\x99near",
                                      "${a}.${b}",
                                      "torch.nn.modules.linear",
                                      "torch.nn.Module.apply",
                                      "torch.nnx.Linear",
                                      "torch.nn.Linear.forward",
                                      "torch.nn.modules.logging.Handler",
                                      "nemo.utils.Anything",
                                      "transformers.Trainer",
                                      "transformers.LegacyIndex",
                                      "transformers.PythonInterpreterTool",
                                      "torch._C.Generator",
                                      "datetime.datetime",
                                      "logging.FileHandler",
                                      "torch.utils.data.datapipes.iter.FileOpener",
                                      "torch.multiprocessing.Process",
                                      "concurrent_x.Y",
                                      "nemo.collections.asr.x.BigExecutor",
                                      "nemo.collections.asr.x.FileDownloader",
                                      "torch.nn.Linear:forward",
                                      "torchtune.models.llama3",
                                      "torchtune.models.llama3.a.b",
                                      "torchtune.models.llama3.Llama3Tokenizer",
                                      "torchtune.models.llama3._component_builders.partial",
                                      "torchtune.datasets.helper",
                                      "torchtune.training.anything",
                                      "torchtune.utils.anything",
                                      "torchtunes.models.llama3.llama3_8b"})
    EXPECT_EQ(judge_target(name), Target::unknown) << name;
}

TEST(Target, ListsAreSorted) {
  EXPECT_TRUE(std::ranges::is_sorted(kRunningModules));
  EXPECT_TRUE(std::ranges::is_sorted(kRunningNames));
  EXPECT_TRUE(std::ranges::is_sorted(kOtherModules));
}

TEST(Target, OrdinaryWordsAreNotNames) {
  EXPECT_TRUE(names_target("_target_", "anything", false));
  EXPECT_TRUE(names_target("_component_", "torchtune.models.llama3", false));
  EXPECT_TRUE(names_target("target", "ldm.models.diffusion.ddpm.LatentDiffusion", false));
  EXPECT_TRUE(names_target("target", "mine.make", true));
  EXPECT_TRUE(names_target("target", "os.system", false));
  EXPECT_TRUE(names_target("target", "torch.hub.load", false));
  EXPECT_TRUE(names_target("class_path", "mine.thing", false));
  EXPECT_FALSE(names_target("target", "accuracy", true));
  EXPECT_FALSE(names_target("target", "lm_head.weight", false));
  EXPECT_FALSE(names_target("target", "model.layers.0.q_proj", false));
  EXPECT_FALSE(names_target("target", "a sentence. Another", true));
  EXPECT_FALSE(names_target("target", "jobParameters.Type", false));
  EXPECT_FALSE(names_target("class_path", "Adam", true));
  EXPECT_FALSE(names_target("targets", "os.system", true));
}

TEST(Target, InSettings) {
  const Case cases[] = {
      {"config.json", R"({"_target_": "torch.hub.load", "repo_or_dir": "me/x"})", "CFG-111"},
      {"config.json", R"({"a": [{"_target_": "torch.load", "f": "x.pt"}]})", "CFG-111"},
      {"config.json", R"({"_component_": "mine.make"})", "CFG-105"},
      {"config.json", R"({"model": {"class_path": "os.system", "init_args": {}}})", "CFG-107"},
      {"config.json", R"({"target": "mine.make", "params": {}})", "CFG-105"},
      {"config.json", R"({"target": "lm_head.weight"})", ""},
      {"config.json", R"({"py/object": "os.system"})", "CFG-113"},
      {"config.json", R"({"a": {"py/reduce": [{"py/function": "os.system"}]}})", "CFG-113"},
      {"config.json", R"({"custom_imports": {"imports": ["evil"]}})", "CFG-109"},
      {"io.json", R"({"type": {"type": "pyref", "module": "os", "name": "system"}})", "CFG-107"},
      {"io.json", R"({"type": {"type": "pyref", "module": "builtins", "name": "dict"}})", ""},
      {"io.json", R"({"type": {"type": "pyref", "module": "nemo.x", "name": "Y"}})", ""},
      {"metadata.json", R"({"imports": ["$import os"]})", "CFG-112"},
      {"inference.json", R"json({"run": "$__import__('os').system('id')"})json", "CFG-112"},
      {"inference.json", R"json({"device": "$torch.device('cpu')"})json", "CFG-112"},
      {"inference.json", R"json({"net": "$@net.to(@device)", "a": "$ import os"})json", "CFG-112"},
      {"config.json", R"json({"a": "$HOME/x", "b": "$5 (five)", "c": "$f(x)$", "d": "$A:0"})json",
       ""},
      {"inference.json", R"json({"a": "$x or __import__('os').system('id')"})json", "CFG-112"},
      {"inference.json", R"json({"a": "$[f][0](1)"})json", "CFG-112"},
      {"inference.json", R"json({"a": "$(lambda: 1)()"})json", "CFG-112"},
      {"prompts.json", R"json({"a": "$question (short)", "b": "$", "c": "$ ("})json", ""},
      {"config.yaml", "a: ${eval:'__import__(\"os\")'}\n", "CFG-112"},
      {"config.yaml", "a: ${oc.env:HOME}\n", ""},
      {"config.yaml", "run: $import os\n", "CFG-112"},
      {"config.yaml", "model:\n  target: torch.hub.load\n", "CFG-111"},
      {"config.yaml", "model:\n  target: ldm.modules.attention.Attention\n  params: {a: 1}\n",
       "CFG-106"},
      {"config.yaml", "model:\n  class_path: mine.Model\n", "CFG-105"},
      {"config.yaml", "a: &x 1\nb: *x\nc:\n  class_path: mine.Model\n", "CFG-105"},
      {"config.yaml", "a: 1\n---\ntarget: torch.load\n", "CFG-111"},
      {"hyperparams.yaml", "x: !apply:os.system [id]\n", "CFG-107 CFG-303"},
      {"hyperparams.yaml", "x: !name:torch.load\n", "CFG-111 CFG-303"},
      {"hyperparams.yaml", "x: !new:speechbrain.nnet.CNN.Conv2d\n  a: 1\n", "CFG-303"},
      {"notes.yaml", "x: 'write !apply:os.system here'\n", ""},
      {"mlc-chat-config.json", R"({"model_lib_path": "x.so", "model_lib": "x"})", "CFG-114"},
      {".envrc", "id\n", "COD-107"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Objects, OfSeveralKeys) {
  const Case cases[] = {
      {"config.json", R"({"module": "keras.layers", "class_name": "Dense", "config": {}})", ""},
      {"config.json", R"({"module": "keras_hub.src.models", "class_name": "Gpt", "config": {}})",
       ""},
      {"config.json", R"({"class_name": "Lambda", "config": {"function": "x"}})", "CFG-107"},
      {"config.json", R"({"module": "os", "class_name": "system", "config": {}})", "CFG-107"},
      {"config.json", R"({"module": "mine", "class_name": "X", "config": {}})", "CFG-105"},
      {"config.json", R"({"module": "keras.utils", "class_name": "get_file_url", "config": 1})",
       "KER-003"},
      {"config.json", R"({"module": "builtins", "class_name": "type", "config": "eval"})",
       "CFG-107"},
      {"config.json", R"({"module": "os", "class_name": "system"})", ""},
      {"schema.json", R"({"__class__": "system", "__module__": "os", "__loader__": "x"})",
       "CFG-107"},
      {"schema.json", R"({"__class__": "dict", "__module__": "builtins", "__loader__": "x"})", ""},
      {"config.json", R"({"types": {"a": "os.system"}, "structure": {}})", "CFG-107"},
      {"config.json", R"({"types": {"a": "mine.X"}, "structure": {}})", "CFG-105"},
      {"config.json", R"({"types": {"a": "sentence_transformers.models.Dense"}, "structure": {}})",
       ""},
      {"config.json", R"({"types": {"a": "os.system"}})", ""},
      {"config.json", R"({"activation_function": "gelu_new"})", ""},
      {"config.json", R"({"activation_function": "torch.nn.modules.activation.Tanh"})", ""},
      {"config.json", R"({"activation_function": "os.abort"})", "CFG-107"},
      {"config.json", R"({"sentence_transformers": {"activation_fn": "mine.X"}})", "CFG-105"},
      {"config.json", R"({"sbert_ce_default_activation_function": "torch.hub.load"})", "CFG-111"},
      {"x.json", R"({"tokenizer_class": "sentence_transformers.models.tokenizer.Whitespace"})", ""},
      {"x.json", R"({"tokenizer_class": "LlamaTokenizer"})", ""},
      {"x.json", R"({"tokenizer_class": "mine.Tokenizer"})", "CFG-105"},
      {"genai_config.json", R"({"session_options": {"custom_ops_library": "x.so"}})", "CFG-114"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Config, TruthIsAsPythonHasIt) {
  const Case cases[] = {
      {"config.json", R"({"trust_remote_code": NaN})", "CFG-103 CFG-202"},
      {"config.json", R"({"trust_remote_code": -Infinity})", "CFG-103 CFG-202"},
      {"a.yaml", "trust_remote_code: 1\n", "CFG-103"},
      {"a.yaml", "trust_remote_code: y\n", "CFG-103"},
      {"a.yaml", "trust_remote_code: 'false'\n", "CFG-103"},
      {"a.yaml", "trust_remote_code: [x]\n", "CFG-103"},
      {"a.yaml", "trust_remote_code: ''\n", ""},
      {"a.yaml", "trust_remote_code: No\n", ""},
      {"a.yaml", "trust_remote_code:\n", ""},
      {"a.yaml", "trust_remote_code: ~\n", ""},
      {"unet/x.safetensors.index.fp16.json", R"({"weight_map": {"a": "../x"}})", "CFG-206"},
      {"unet/x.index.yaml.json", R"({"a": 1})", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Redirects, InSettings) {
  const Case cases[] = {
      {"config.json", R"({"speculators_config": {"verifier": {"name_or_path": "me/evil"}}})",
       "CFG-209"},
      {"config.json", R"({"verifier": {"name_or_path": ""}, "name_or_path": "me/x"})", ""},
      {"config.json", R"({"text_model_id": "me/evil", "audio_model_id": null})", "CFG-209"},
      {"config.json", R"({"mm_vision_tower": "openai/clip-vit-large-patch14-336"})", "CFG-209"},
      {"config.json", R"({"architecture": "hf-hub:me/evil"})", "CFG-209"},
      {"config.json", R"({"backbone": "me/evil", "use_pretrained_backbone": true})", "CFG-209"},
      {"config.json", R"({"backbone": "resnet50", "use_pretrained_backbone": true})", ""},
      {"config.json", R"({"backbone": "me/x", "use_pretrained_backbone": false})", ""},
      {"sentence_bert_config.json", R"({"tokenizer_name_or_path": "me/evil"})", "CFG-209"},
      {"training.json", R"({"tokenizer_name_or_path": "me/x"})", ""},
      {"config.json", R"({"model_type": "rag", "index_path": "me/evil"})", "CFG-209"},
      {"config.json", R"({"model_type": "rag", "index_path": null, "dataset": "wiki_dpr"})", ""},
      {"config.json", R"({"_name_or_path": "me/x", "base_model_name_or_path": "me/y"})", ""},
      {"processor_config.json", R"({"audio_tokenizer": {"audio_tokenizer_name_or_path": "dac"}})",
       "CFG-209"},
      {"audio_tokenizer_config.json", R"({"audio_tokenizer_name_or_path": "me/evil"})", "CFG-209"},
      {"processor_config.json", R"({"audio_tokenizer": {"audio_tokenizer_name_or_path": ""}})", ""},
      {"config.json", R"({"prompt_tuning_init_state_dict_path": "x.bin"})", "CFG-209"},
      {"modular_model_index.json", R"({"vae": [null, null, {"repo": "me/evil"}]})", "CFG-209"},
      {"modular_model_index.json",
       R"({"vae": ["diffusers", "X", {"pretrained_model_name_or_path": "me/evil"}]})", "CFG-209"},
      {"modular_model_index.json",
       R"({"vae": ["diffusers", "X", {"pretrained_model_name_or_path": null, "repo": ""}]})", ""},
      {"config.json", R"({"repo": "me/x", "pretrained_model_name_or_path": "me/x"})", ""},
      {"preprocessor_config.json", R"({"repo_path": "me/evil", "class_info_file": "x.json"})",
       "CFG-209"},
      {"processor_config.json", R"({"image_processor": {"repo_path": "evil"}})", "CFG-209"},
      {"preprocessor_config.json",
       R"({"repo_path": "shi-labs/oneformer_demo", "class_info_file": "coco_panoptic.json"})", ""},
      {"preprocessor_config.json", R"({"repo_path": null, "class_info_file": "x.json"})", ""},
      {"training.json", R"({"repo_path": "me/x"})", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(KerasFiles, InPresets) {
  const Case cases[] = {
      {"config.json", R"({"class_name": "TFSMLayer", "config": {"filepath": "gs://x/y"}})",
       "KER-020"},
      {"config.json", R"({"class_name": "TFSMLayer", "config": {}})", "KER-020"},
      {"m.json", R"({"class_name": "KerasLayer", "config": {"handle": "gs://x/y"}})", "KER-020"},
      {"m.json", R"({"class_name": "TFOpLambda", "config": {"function": "io.write_file"}})",
       "KER-020"},
      {"m.json", R"({"class_name": "TFOpLambda", "config": {"function": "raw_ops.ReadFile"}})",
       "KER-020"},
      {"m.json",
       R"({"class_name": "TensorFlowOpLayer", "config": {"node_def": {"op": "ReadFile"}}})",
       "KER-020"},
      {"m.json",
       R"({"class_name": "TensorFlowOpLayer", "config": {"node_def": "{\"op\": \"PyFunc\"}"}})",
       "KER-020"},
      {"m.json", R"({"class_name": "TFOpLambda", "config": {"function": "io.decode_raw"}})", ""},
      {"m.json", R"({"class_name": "TFOpLambda", "config": {"function": "math.add"}})", ""},
      {"m.json", R"({"class_name": "TensorFlowOpLayer", "config": {"node_def": {"op": "Mul"}}})",
       ""},
      {"m.json", R"({"class_name": "KerasLayer", "config": {"handle": null}})", ""},
      {"config.json", R"({"class_name": "StringLookup", "config": {"vocabulary": "w.txt"}})",
       "KER-021"},
      {"config.json", R"({"class_name": "Any", "config": {"vocabulary": "w.txt"}})", "KER-021"},
      {"preprocessor.json",
       R"({"module": "keras_hub.src.models.gpt2.gpt2_tokenizer", "class_name": "GPT2Tokenizer",
           "config": {"vocabulary": {"a": 0}, "merges": "gs://x/merges.txt"}})",
       "KER-021"},
      {"config.json", R"({"class_name": "StringLookup", "config": {"vocabulary": ["a", "b"]}})",
       ""},
      {"config.json", R"({"class_name": "StringLookup", "config": {"vocabulary": null}})", ""},
      {"config.json", R"({"class_name": "StringLookup", "config": {"vocabulary": ""}})", ""},
      {"config.json", R"({"class_name": "Dense", "config": {"filepath": "x"}})", ""},
      {"config.json", R"({"class_name": ["TFSMLayer"], "config": {"filepath": "x"}})", ""},
      {"config.json", R"({"class_name": "StringLookup", "vocabulary": "x", "config": "y"})", ""},
      {"config.json", R"({"vocabulary": "x", "vocabulary_file": "y"})", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Imports, OfIndexes) {
  const Case cases[] = {
      {"modules.json", R"([{"type": "sentence_transformers.util.import_from_string"}])", "CFG-109"},
      {"modules.json", R"([{"type": "sentence_transformers.util.os.system"}])", "CFG-109"},
      {"modules.json", R"([{"type": ""}])", "CFG-109"},
      {"modules.json", R"([{"type": "sentence_transformers.models.Dense"}])", ""},
      {"model_index.json", R"({"unet": ["diffusers_evil", "X"]})", "CFG-109"},
      {"model_index.json", R"({"unet": ["transformers.os", "X"]})", "CFG-109"},
      {"model_index.json", R"({"x": ["stable_diffusion", "StableDiffusionSafetyChecker"]})", ""},
      {"config.json", R"({"_attn_implementation_internal": "me/kernel"})", "CFG-110"},
      {"config.json", R"({"experts_implementation": "me/kernel"})", "CFG-110"},
      {"config.json", R"({"implementation": "me/kernel"})", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Target, DoesHarmUnderAnyKey) {
  for (const std::string_view name :
       {"os.system", "os.execvp", "shutil.rmtree", "runpy.run_path", "ctypes.CDLL",
        "subprocess.Popen", "builtins.exec", "torch.os.system", "evil.subprocess.run",
        "torch.hub.load", "torch.load", "joblib.load", "transformers.AutoModel.from_pretrained"})
    EXPECT_TRUE(names_harm(name)) << name;
  for (const std::string_view name : {"",
                                      "os",
                                      "system",
                                      "os.",
                                      ".os",
                                      "made by os.system",
                                      "code.execution",
                                      "signal.raised",
                                      "resource.created",
                                      "profile.loaded",
                                      "page.load",
                                      "mmdet.RetinaNet",
                                      "torch.nn.Linear",
                                      "mmengine.model.BaseModel",
                                      "transformers.BertModel",
                                      "a.os",
                                      "text/os.x",
                                      "subprocess.CalledProcessError",
                                      "socket.timeout",
                                      "socket.io",
                                      "subprocess.exited",
                                      "pip.package",
                                      "os.environ",
                                      "os.getcwd",
                                      "sys.stdout",
                                      "ctypes.c_int",
                                      "asyncio.queues.Queue",
                                      "urllib.error.URLError"})
    EXPECT_FALSE(names_harm(name)) << name;
}

}  // namespace
}  // namespace gh::hub
