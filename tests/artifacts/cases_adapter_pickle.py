"""LoRA adapters whose tensors are a pickle: what vLLM takes where there is no safetensors file. Their tensors are held
against everything that those of safetensors files are; what cannot be read without unpickling it is LRA-029.
"""

import json
import struct

from cases_adapter import A, B, BASE, PLAIN, Q, V, double, folder, half, lra, module, numbers
from make_torch import Pickle, contiguous, count, legacy, named, saved

BOTH = {**module(Q), **module(V, seed=2)}
OTHER = Q.replace("0", "1")
SIX = {name: tensor for layer in range(6) for name, tensor in module(Q.replace("0", str(layer)), seed=layer + 1).items()}
NOTE = "LRA-047"


def pickled(id, content, *rules, config=PLAIN, arguments=(), **files):
    """`content`: of adapter_model.bin, None to leave it out."""
    lra("pickled_" + id, lambda: folder(config, **{"adapter_model.safetensors": None, "adapter_model.bin": content,
                                                   **files}), *rules, arguments=arguments)


def same(id, tensors, *rules, **more):
    """What is found in a safetensors file is found here, with the note."""
    pickled(id, saved(tensors), NOTE, *rules, **more)


def on_base(id, tensors, *rules):
    same("on_base_" + id, tensors, *rules, arguments=("--base", "{case}/base"),
         **{"base/config.json": json.dumps(BASE).encode()})


def six(id, change, *rules, **more):
    same(id, {**SIX, **change}, *rules, config={**PLAIN, "target_modules": ["q_proj"]}, **more)


same("right", BOTH)
same("half", half)
same("rank", {**module(Q, rank=4), **module(V, seed=2)}, "LRA-022")
same("rank_inside", {**BOTH, Q + ".lora_B.weight": ("F32", [32, 4], numbers(128, 9))}, "LRA-022")
same("not_a_matrix", {**BOTH, Q + ".lora_B.weight": ("F32", [32, 8, 1], numbers(256, 9))}, "LRA-022")
same("a_without_b", {**BOTH, OTHER + ".lora_A.weight": ("F32", [8, 32])}, "LRA-021")
same("b_without_a", {**BOTH, OTHER + ".lora_B.weight": ("F32", [32, 8])}, "LRA-021")
same("magnitude", {**BOTH, Q + ".lora_magnitude_vector": ("F32", [32])}, "LRA-020")
same("layer_with_a_zero", {**BOTH, **module(Q.replace(".0.", ".00."), seed=3)}, "LRA-024")
same("not_allowed", {**BOTH, **module(Q.replace("q_proj", "rooter"), seed=3)}, "LRA-025",
     config={**PLAIN, "target_modules": ["q_proj", "v_proj", "rooter"]})
same("not_stated", {**BOTH, **module(Q.replace("q_proj", "up_proj"), seed=3)}, "LRA-026")
same("types_mixed", {**BOTH, Q + ".lora_B.weight": ("F16", [32, 8], b"\x00\x3c" * 256)}, "LRA-027")
same("head", {**BOTH, **module("base_model.model.lm_head", seed=3)}, "LRA-028",
     config={**PLAIN, "target_modules": ["q_proj", "v_proj", "lm_head"]})
same("without_prefix", {name.removeprefix("base_model.model."): tensor for name, tensor in BOTH.items()}, "LRA-036")
same("scaling", BOTH, "LRA-012", config={**PLAIN, "lora_alpha": 65})
on_base("right", BOTH)
on_base("wider", {**module(Q, size_in=33), **module(V, seed=2)}, "LRA-023")
on_base("layer_beyond", {**BOTH, **module(OTHER, seed=3)}, "LRA-024")
six("nan", {A: ("F32", [8, 32], numbers(255, 1) + b"\0\0\xc0\x7f")}, "LRA-040")
six("infinite_in_the_last", {B.replace("0", "5"): ("F32", [32, 8], numbers(255, 1) + b"\0\0\x80\x7f")}, "LRA-040")
six("no_effect", {B: ("F32", [32, 8], bytes(1024))}, "LRA-041")
six("repeated", {A: ("F32", [8, 32], numbers(256, 2))}, "LRA-042")
six("one_large", {B: ("F32", [32, 8], numbers(256, 77, 1000.0))}, "LRA-043")
six("double_nan", {A: ("F64", [8, 32], double[:-8] + struct.pack("<d", float("nan")))},
    "LRA-027", "LRA-040")
six("measured", {}, arguments=("--stats",))

# Which file it is. vLLM takes .safetensors, then .bin, then .pt.
GOOD = saved(BOTH)
WRONG = saved({**module(Q, rank=4), **module(V, seed=2)})
pickled("pt_right", None, NOTE, **{"adapter_model.pt": GOOD})
pickled("pt_wrong", None, NOTE, "LRA-022", **{"adapter_model.pt": WRONG})
pickled("bin_counts", GOOD, NOTE, "LRA-030", **{"adapter_model.pt": WRONG})
pickled("pt_does_not_count", WRONG, NOTE, "LRA-022", "LRA-030", **{"adapter_model.pt": GOOD})
lra("pickled_beside_safetensors", lambda: folder(**{"adapter_model.bin": WRONG}), "LRA-030")
lra("pickled_beside_broken_safetensors", lambda: folder(**{"adapter_model.bin": GOOD, "adapter_model.safetensors": b"x"}),
    "LRA-029", "LRA-030", "STF-001")
# What was left out of the scan is what vLLM takes.
lra("pickled_beside_excluded", lambda: folder(**{"adapter_model.bin": GOOD}), "LRA-029",
    arguments=("--exclude", "adapter_model.safetensors"))
pickled("excluded", GOOD, "LRA-029", arguments=("--exclude", "adapter_model.bin"), **{"adapter_model.pt": GOOD})
pickled("with_pt_excluded", GOOD, NOTE, arguments=("--exclude", "*.pt"), **{"adapter_model.pt": GOOD})

# What is not read.
KINDS = named(BOTH)
FIRST, SHAPE = KINDS[0][0], KINDS[0][2]
TURNED = contiguous(SHAPE[::-1])[::-1]


def of_pickle(id, pickle, *rules, tensors=BOTH):
    pickled(id, saved(tensors, data=pickle.stop()), *rules)


def items(pickle, entries):
    pickle.op(b"(")
    for name, fill in entries:
        fill(pickle.text(name))
    return pickle.op(b"u")


def tensors(**first):
    """The items of BOTH; `first` goes to the first one."""
    return [(name, lambda pickle, key=key, kind=kind, shape=shape: pickle.tensor(
        kind, str(key), shape, count(shape), **(first if key == 0 else {}))) for key, (name, kind, shape) in enumerate(KINDS)]


def nested(pickle):
    items(pickle.op(b"}").put(), tensors())


pickled("legacy", legacy(KINDS), "LRA-029")
of_pickle("of_a_dict", items(Pickle().op(b"}").put(), tensors()), NOTE)
of_pickle("turned", items(Pickle().op(b"}").put(), tensors(stride=TURNED)), "LRA-029")
of_pickle("nested", items(Pickle().op(b"}").put(), [("model", nested)]), "LRA-029")
of_pickle("with_a_number", items(Pickle().op(b"}").put(), [*tensors(), ("steps", lambda pickle: pickle.number(7))]), "LRA-029")
of_pickle("with_a_call", items(Pickle().op(b"}").put(), [*tensors(), ("x", lambda pickle: pickle.ordered_dict())]), "LRA-029")
of_pickle("name_twice", items(Pickle().op(b"}").put(), [*tensors(), tensors()[0]]), "LRA-029")
of_pickle("in_a_list", items(Pickle().op(b"]").put().op(b"}").put(), tensors()).op(b"a"), "LRA-029")
of_pickle("with_an_import", items(Pickle().op(b"}").put(), [*tensors(), (
    "x", lambda pickle: pickle.name("posix", "system"))]), "LRA-029", "PKL-101")
of_pickle("with_a_state", items(Pickle().op(b"}").put(), tensors()).op(b"}").put().op(b"b"), "LRA-029", "PKL-220")
PACKED = {"method": 8, "flags": 0, "descriptor": None, "local": {}}
pickled("packed", saved(BOTH, **{"data/0": PACKED}), "LRA-029", "ZIP-006")
pickled("packed_pickle", saved(BOTH, **{"data.pkl": PACKED}), "LRA-029", "ZIP-006")
pickled("short", saved(BOTH, **{"data/0": {"content": b"\0" * 100, "descriptor": None, "flags": 0, "local": {}}}),
        "LRA-029", "ZIP-041")
pickled("big_endian", saved(BOTH, byteorder={"content": b"big", "descriptor": None, "flags": 0, "local": {}}), "LRA-029")
pickled("scalar", saved({**BOTH, "alpha": ("F32", [])}), "LRA-029")
pickled("empty", b"", "FIL-010", "LRA-029")
pickled("of_no_tensors", saved({}, data=Pickle().op(b"}").put().stop()), "LRA-029")
pickled("of_safetensors", folder()["adapter_model.safetensors"], "FIL-001", "LRA-029")
