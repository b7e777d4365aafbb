"""What loaders import, call or open by a name under a key of their own, and files that are told by what their reader
asks for; each was clean and is closed since. MMEngine 0.10.7, GluonTS 0.16.2, diffusers 0.40.0, Keras 3.8.0 and
torch.export 2.13.0 ran what these name (November 2026)."""

import json

import make_torch as torch
import make_zip as zips
from corpus import told

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
