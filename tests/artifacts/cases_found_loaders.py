"""What loaders import, call or open by a name under a key of their own, and files that are told by what their reader
asks for; each was clean and is closed since. MMEngine 0.10.7, GluonTS 0.16.2, diffusers 0.40.0, Keras 3.8.0 and
torch.export 2.13.0 ran what these name (November 2026)."""

import json

import make_hdf5 as h5
import make_onnx as onnx
import make_torch as torch
import make_zip as zips
from cases_blind_containers import keras, layer
from cases_hdf5 import config, old
from corpus import told
from make_tokenizer import piece, sentencepiece

INCONCLUSIVE = {"CFG-301", "CFG-303", "ONX-011"}
UNSUPPORTED = {"FIL-002", "ZIP-046"}


def found(id, content, *rules, name="settings.json", more=()):
    """`more`: notes."""
    content = json.dumps(content).encode() if isinstance(content, dict) else content
    rest = set(rules)
    verdict = ("findings" if rest - INCONCLUSIVE - UNSUPPORTED else "inconclusive" if rest & INCONCLUSIVE
               else "unsupported" if rest else "clean")
    told("found/loaders/" + id, content, verdict, rules=[*rules, *more], name=name)


# Keras looks for registered_name where class_name is not there, in tf_keras and tensorflow.keras as in its own.
def keras_case(id, changes, *rules):
    found("keras/" + id, keras(layer(**changes)), *rules, name="m.keras")
    if id in ("registered_function", "registered_lambda", "tf_keras"):
        found("hdf5/" + id, old(h5.text("model_config", config(layer(**changes))))(h5.Writer()), *rules, name="m.h5")


PROGRAM = {"filepath": "gs://evil/m"}
keras_case("registered_function", {"module": "keras.utils", "class_name": "X", "registered_name": "get_file"}, "KER-003")
keras_case("registered_program", {"class_name": "X", "registered_name": "TFSMLayer", "config": PROGRAM}, "KER-020")
keras_case("registered_lambda", {"class_name": "X", "registered_name": "Lambda"}, "KER-001")
keras_case("registered_of_builtins", {"module": "builtins", "class_name": "function", "config": "x", "registered_name": "exec"},
           "KER-002")
keras_case("tf_keras", {"module": "tf_keras.utils", "class_name": "get_file"}, "KER-003")
keras_case("tensorflow_keras", {"module": "tensorflow.keras.utils", "class_name": "get_file"}, "KER-003")
keras_case("tensorflow_keras_function", {"module": "tensorflow.keras.config", "class_name": "function",
                                         "config": "enable_unsafe_deserialization"}, "KER-003")
keras_case("tf_keras_layer", {"module": "tf_keras.layers"})
keras_case("tf_keras_loss", {"module": "tf_keras.losses", "class_name": "function", "config": "mse", "registered_name": "mse"})
keras_case("registered_class", {"module": "keras.metrics", "class_name": "X", "registered_name": "MetricsList"})

# The same in a preset of KerasHub.
PRESET = {"module": "keras_hub.src.models.llama.llama_backbone", "class_name": "LlamaBackbone",
          "registered_name": "keras_hub>LlamaBackbone"}


def preset(id, inside, *rules):
    found("preset/" + id, PRESET | {"config": {"part": inside}}, *rules, name="config.json")


preset("dtype", {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "bfloat16"}, "registered_name": None})
preset("function", layer(module="keras.utils", class_name="get_file"), "KER-003")
preset("registered_function", layer(module="keras.utils", class_name="X", registered_name="get_file"), "KER-003")
preset("registered_lambda", layer(class_name="X", registered_name="Lambda"), "CFG-107")
preset("loss", layer(module="keras.losses", class_name="function", config="mse", registered_name="mse"))

# Registries: the name decides, as these keys are ordinary words.
found("registry/type", {"model": {"type": "os.system", "command": "id"}}, "CFG-107")
found("registry/type_in_yaml", b"model:\n  type: os.system\n  command: id\n", "CFG-107", name="mm.yaml")
found("registry/type_through_another", {"type": "mmengine.utils.path.os.system"}, "CFG-107")
found("registry/loads", {"type": "torch.hub.load", "repo_or_dir": "x"}, "CFG-111")
found("registry/cls", {"cls": "subprocess.run", "params": {}}, "CFG-107")
for id, name in {"scope": "mmdet.RetinaNet", "mmengine": "mmengine.model.BaseModel", "event": "code.execution.started",
                 "response": "response.output_text.delta", "torch": "torch.nn.Linear",
                 "haystack": "haystack.components.fetchers.link_content.LinkContentFetcher", "words": "made by os.system"}.items():
    found("registry/safe_" + id, {"model": {"type": name}})

GLUONTS = {"__kind__": "instance", "class": "gluonts.transform._base.Chain",
           "kwargs": {"dtype": {"__kind__": "type", "class": "numpy.float32"}, "freq": {"__kind__": "type", "class": "builtins.str"}}}
found("gluonts/predictor", GLUONTS)
found("gluonts/runs", GLUONTS | {"class": "os.system"}, "CFG-107")
found("gluonts/runs_in_yaml", b"__kind__: instance\nclass: os.system\nargs: [id]\n", "CFG-107", name="g.yaml")
found("gluonts/type", {"__kind__": "type", "class": "evil.module.Class"}, "CFG-105")

UNET = ["diffusers", "UNet2DConditionModel"]
MODULAR = {"_class_name": "X", "_diffusers_version": "0.40.0", "steps": [4, 8], "scale": 1.0}
for id, part, rules in (("usual", [*UNET, {"type_hint": UNET}], []), ("none", [None, None, {"type_hint": [None, None]}], []),
                        ("hint", [None, None, {"type_hint": ["evil_mod", "Cls"]}], ["CFG-109"]),
                        ("pair", ["evil_mod", "Cls", {"type_hint": UNET}], ["CFG-109"])):
    found("modular/" + id, MODULAR | {"unet": part}, *rules, name="modular_model_index.json")

MLMODEL = b"artifact_path: model\nflavors:\n  python_function:\n    env: {conda: conda.yaml}\n    loader_module: %s\nmodel_uuid: 1\n"
found("mlflow/usual", MLMODEL % b"mlflow.sklearn", name="MLmodel")
found("mlflow/module", MLMODEL % b"evil_loader", "CFG-109", name="MLmodel")

# Options of ONNX Runtime.
QNN = {"backend_path": "QnnHtp.dll", "htp_performance_mode": "burst"}


def genai(id, provider, *rules):
    found("genai/" + id, {"model": {"decoder": {"filename": "m.onnx", "session_options": {"provider_options": [provider]}}}},
          *rules, name="genai_config.json")


genai("qnn", {"qnn": QNN})
genai("qnn_backend", {"qnn": QNN | {"backend_path": "lib/evil.bin"}}, "CFG-114")
genai("qnn_packages", {"qnn": QNN | {"op_packages": "Add:evil.bin:provider"}}, "CFG-114")
genai("tensorrt_plugins", {"tensorrt": {"trt_extra_plugin_lib_paths": "lib/evil.bin"}}, "CFG-114")
genai("shared_library", {"x": {"shared_lib_path": "evil.bin", "provider_factory_entry_point": "f"}}, "CFG-114")
genai("library", {"x": {"library": "lib/evil.so.1"}}, "CFG-114")
genai("no_library", {"x": {"library": "transformers", "library_path": "lib"}})

# torch.export: nothing that a node or an expression says is looked at, and it is no settings either.
GRAPH = json.dumps({"graph_module": {"graph": {"nodes": [{"target": "torch.ops.aten.add.Tensor"}], "sizes": [
    {"as_expr": {"expr_str": "__import__('os').system('id')"}}]}}}).encode()


def exported(*members):
    return zips.write([zips.Member(name, content) for name, content in members])


found("export/archive", exported(("m/models/model.json", GRAPH), ("m/archive_format", b"pt2"), ("m/archive_version", b"0"),
                                 ("m/data/weights/w", torch.checkpoint())), "ZIP-046", name="m.pt2")
found("export/before", exported(("version", b"8.8"), ("serialized_exported_program.json", GRAPH),
                                ("serialized_state_dict.pt", torch.checkpoint())), "ZIP-046", name="m.pt2")
found("export/elsewhere", exported(("m/archive_format", b"pt2"), ("x/models/config.json", b'{"_target_": "os.system"}')),
      "ZIP-046", "CFG-107", name="m.pt2")
found("export/checkpoint", torch.checkpoint(extra=[("archive_format", b"pt2")]), "ZIP-046",
      more=["ZIP-044"], name="m.pt")

# Messages of TensorFlow that ONNX and SentencePiece also begin as.
NODE = onnx.data(1, "w") + onnx.data(2, "WriteFile") + onnx.data(3, "name")
CONST = onnx.data(1, "a") + onnx.data(2, "Const")
SAVED = onnx.integer(1, 1) + onnx.data(2, onnx.data(1, onnx.data(4, "serve")) + onnx.data(2, onnx.data(1, NODE)))
EMPTY = onnx.data(7, b"")
ONNX = onnx.model([onnx.node("Relu", "x", "y")])
found("tensorflow/saved_model", SAVED + onnx.data(8, b""), "FIL-002", name="saved_model.pb")
found("tensorflow/saved_model_and_onnx", SAVED + EMPTY, "ONX-011", name="model")
found("tensorflow/saved_model_named", SAVED + EMPTY, "FIL-001", "ONX-011", name="saved_model.pb")
found("tensorflow/graph_and_onnx", onnx.integer(1, 7) + EMPTY + onnx.data(1, NODE), "ONX-011", name="model")
found("tensorflow/graph_and_pieces", onnx.data(1, CONST + onnx.integer(3, 2)) + onnx.data(1, NODE), "FIL-002",
      name="frozen_graph")
found("tensorflow/saved_model_and_pieces", piece("<unk>", 2) + SAVED[2:], "FIL-002", name="model")
found("tensorflow/meta_graph_and_pieces", piece("<unk>", 2) + onnx.data(2, onnx.data(1, NODE)), "FIL-002", name="model")
found("tensorflow/pieces_by_its_name", sentencepiece(piece("a")), "FIL-001", name="graph.pb")
found("tensorflow/onnx_by_its_name", ONNX, "FIL-001", name="graph.pb")
found("tensorflow/onnx_later_field", ONNX + onnx.integer(40, 1), "ONX-011", name="m.onnx")
