"""What loaders import, call or open by a name under a key of their own, and files that are told by what their reader
asks for; each was clean and is closed since. MMEngine 0.10.7, GluonTS 0.16.2, diffusers 0.40.0, Keras 3.8.0 and
torch.export 2.13.0 ran what these name (November 2026)."""

import json

import make_onnx as onnx
import make_torch as torch
import make_zip as zips
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


# torch.export: nothing that a node or an expression says is looked at, and it is no settings either.
GRAPH = json.dumps({"graph_module": {"graph": {"nodes": [{"target": "torch.ops.aten.add.Tensor"}], "sizes": [
    {"as_expr": {"expr_str": "__import__('os').system('id')"}}]}}}).encode()


def exported(*members):
    return zips.write([zips.Member(name, content) for name, content in members])


found("export/archive", exported(("m/models/model.json", GRAPH), ("m/archive_format", b"pt2"), ("m/archive_version", b"0"),
                                 ("m/data/weights/w", torch.checkpoint())), "ZIP-046", name="m.pt2")
found("export/before", exported(("version", b"8.8"), ("serialized_exported_program.json", GRAPH),
                                ("serialized_state_dict.pt", torch.checkpoint())), "ZIP-046", name="m.pt2")
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
