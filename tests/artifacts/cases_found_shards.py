"""Indexes that did not fit their shards, and were called clean once."""

import json

import severity
from corpus import case
from make_safetensors import write

FIRST, SECOND = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"


def tensors(*names):
    return write({name: ("F16", (2,)) for name in names})


def shards(id, *rules, names=(("a", FIRST), ("b", FIRST), ("c", SECOND)), **files):
    made = {FIRST: tensors("a", "b"), SECOND: tensors("c"),
            **{{"first": FIRST, "second": SECOND, "readme": "README.md", "other": "other.bin"}[name]: content
               for name, content in files.items()},
            "model.safetensors.index.json": json.dumps({"weight_map": dict(names)}).encode()}
    case("shards/" + id, verdict=severity.verdict(rules), rules=rules)(lambda: made)


shards("whole")
shards("more_than_is_named", first=tensors("a", "b", "x"))
shards("in_two", "CFG-210", second=tensors("c", "b"))
shards("unnamed_in_two", "CFG-210", first=tensors("a", "b", "x"), second=tensors("c", "x"))
shards("in_the_other", "CFG-211", first=tensors("a"), second=tensors("b", "c"))
shards("nowhere", "CFG-211", first=tensors("a"))
shards("named_wrongly", "CFG-211", names=(("a", FIRST), ("b", FIRST), ("c", FIRST)))
shards("no_tensors", "CFG-211", second=write({}))
shards("a_text", "CFG-212", names=(("a", FIRST), ("b", FIRST), ("c", "README.md")), readme=b"# Model\n")
NAMES = [f"model.layers.{number}.weight" for number in range(100_000)]
case("shards/many_names", verdict="clean")(lambda: {
    FIRST: tensors(*NAMES[::2]), SECOND: tensors(*NAMES[1::2]),
    "model.safetensors.index.json": json.dumps({"weight_map": {name: (FIRST, SECOND)[i % 2] for i, name in enumerate(NAMES)}}).encode()})
