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


def loose(id, *rules, config=b'{"model_type": "llama"}', **files):
    """Without an index, where vLLM loads every file of the folder."""
    made = {name.replace("__", "-") + ".safetensors": tensors(*names.split()) for name, names in files.items()}
    if config:
        made["config.json"] = config
    case("loose_shards/" + id, verdict=severity.verdict(rules), rules=rules)(lambda: made)


MODEL = "a b c d e"
loose("one", model=MODEL)
loose("apart", model__00001__of__00002="a b c", model__00002__of__00002="d e")
loose("two", "CFG-210", model=MODEL, model_v2=MODEL)
loose("one_tensor", "CFG-210", model=MODEL, zz="e")
loose("same_names", "CFG-210", model__00001__of__00002=MODEL, model__00002__of__00002=MODEL)
loose("one_tensor_as_another_precision", "CFG-210", model=MODEL, **{"model.fp16": "e"})
loose("whisper", "CFG-215", model=MODEL, **{"model.fp32-00001-of-00002": "a b c", "model.fp32-00002-of-00002": "d e"})
loose("of_a_text_encoder", "CFG-215", model=MODEL, **{"model.fp16": MODEL})
loose("of_vllm_for_two_processes", "CFG-215", **{f"model-rank-{rank}-part-0": MODEL for rank in (0, 1)})
loose("of_openclip", "CFG-215", model=MODEL, open_clip_model="a x y")
loose("of_diffusers", config=b'{"_class_name": "UNet2DConditionModel"}', v1=MODEL, v2=MODEL)
loose("of_no_model", config=None, v1=MODEL, v2=MODEL)
loose("adapter_besides", "LRA-014", model=MODEL, adapter_model="a")
loose("mistral", model=MODEL, consolidated="v w x y z")
loose("consolidated_for_another", "CFG-215", model=MODEL, consolidated__00=MODEL)
loose("consolidated_twice", "CFG-210", model="x", consolidated=MODEL, consolidated__2="e")
for name, more, rules in (("governed", {"zz.safetensors": tensors("a")}, []),
                          ("consolidated_beside_an_index", {"consolidated.safetensors": tensors("v", "w")}, []),
                          ("consolidated_with_an_index", {"consolidated.safetensors": tensors("a")}, ["CFG-215"])):
    case("loose_shards/" + name, verdict="clean", rules=rules)(lambda more=more: {
        "model.safetensors.index.json": json.dumps({"weight_map": {"a": FIRST, "b": SECOND}}).encode(),
        FIRST: tensors("a"), SECOND: tensors("b"), "config.json": b'{"model_type": "mistral"}', **more})
