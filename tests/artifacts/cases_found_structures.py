"""HDF5 and ONNX that their libraries refuse, though nothing of it runs, and Keras models that ask for more weights
than they have."""

import json

import make_hdf5 as h5
import make_onnx as onnx
import make_zip as zips
from corpus import told
from make_hdf5 import NOWHERE, Writer, u


def hdf5(id, make, *rules, name="model.h5"):
    verdict = "inconclusive" if rules and set(rules) <= {"KER-006", "KER-007"} else "findings" if rules else "clean"
    told("found/structures/hdf5/" + id, make(Writer()), verdict, rules=rules, name=name)


# --- The list of free space in the heap of a group's names.


def with_heap(*blocks, head=0):
    """A root group with one link, and a heap whose data ends with these free blocks: (next, size)."""
    def make(w):
        at = w.header1(h5.space(2), h5.datatype(h5.FLOAT), h5.layout(w.put(bytes(8)), 8))
        data = bytes(8) + b"weights\0" + b"".join(u(8, one) for block in blocks for one in block)
        heap = w.put(b"HEAP" + bytes(4) + u(8, len(data)) + u(8, head) + u(8, w.put(data)))
        tree = w.tree([w.table([(8, at)])])
        root = w.header1((0x11, u(8, tree) + u(8, heap)))
        return w.close0(root, cached=(tree, heap))
    return make


hdf5("heap_full", with_heap(head=1))
hdf5("heap_free", with_heap((1, 16), head=16))
hdf5("heap_free_twice", with_heap((32, 16), (1, 16), head=16))
hdf5("heap_free_outside", with_heap((1, 16), head=40), "KER-006")
hdf5("heap_free_too_long", with_heap((1, 0x1000000000048), head=16), "KER-006")
hdf5("heap_free_next_outside", with_heap((4096, 16), head=16), "KER-006")
hdf5("heap_free_in_a_circle", with_heap((16, 16), head=16), "KER-006")

# --- Names that are looked up by halves.


def named(*names):
    def make(w):
        places, heap = w.heap(names)
        at = w.header1(h5.space(2), h5.datatype(h5.FLOAT), h5.layout(w.put(bytes(8)), 8))
        tree = w.tree([w.table([(place, at) for place in places])], last=places[-1])
        root = w.header1((0x11, u(8, tree) + u(8, heap)))
        return w.close0(root, cached=(tree, heap))
    return make


hdf5("names_in_order", named("a", "ab", "b"))
hdf5("names_in_another_order", named("b", "a"), "KER-006")
hdf5("names_twice", named("a", "a"), "KER-006")
hdf5("names_one_empty", named("a", "", "b"), "KER-006")

# --- Where chunks lie.


def chunked(tree):
    """A dataset of 20 numbers, ten in a chunk. `tree`: the bytes of its index, from where the chunks are."""
    def make(w):
        chunks = w.put(bytes(80))
        address = w.put(tree(chunks)) if tree else NOWHERE
        layout = 0x08, bytes([3, 2, 2]) + u(8, address) + u(4, 10) + u(4, 4)
        root = w.group([("w", w.header1(h5.space(20), h5.datatype(h5.FLOAT), layout))])
        return w.close0(root, cached=(w.tree_at, w.heap_at))
    return make


def key(begin, size=40, element=0):
    return u(4, size) + u(4, 0) + u(8, begin) + u(8, element)


def node(*keys, last, kind=1, level=0):
    """(key, child) and the key behind them."""
    return (b"TREE" + bytes([kind, level]) + u(2, len(keys)) + u(8, NOWHERE) * 2
            + b"".join(one + u(8, child) for one, child in keys) + last)


hdf5("chunks", chunked(lambda at: node((key(0), at), (key(10), at + 40), last=key(20, element=4))))
hdf5("chunks_of_nothing", chunked(None))
hdf5("chunk_between_two", chunked(lambda at: node((key(0), at), (key(7), at + 40), last=key(20))), "KER-006")
hdf5("chunk_of_half_an_element", chunked(lambda at: node((key(0, element=2), at), last=key(20))), "KER-006")
hdf5("chunk_outside", chunked(lambda at: node((key(0), 1 << 30), last=key(20))), "KER-006")
hdf5("chunk_too_long", chunked(lambda at: node((key(0, size=1 << 30), at), last=key(20))), "KER-006")
hdf5("chunks_in_no_tree", chunked(lambda at: bytes(100)), "KER-006")
hdf5("chunks_in_a_tree_of_names", chunked(lambda at: node((key(0), at), last=key(20), kind=0)), "KER-006")


def arrayed(wrong_head=0, wrong_block=0, claimed=2):
    """The same in the newer form: places of chunks in an array of a fixed length."""
    def make(w):
        chunks = w.put(bytes(80))
        head_at = w.later()
        head_at += -head_at % 8
        head = b"FAHD" + bytes([0, 0, 8, 10]) + u(8, claimed) + u(8, head_at + 32)
        assert w.put(h5.sealed(head, wrong_head).ljust(32, b"\0")) == head_at
        w.put(h5.sealed(b"FADB" + bytes(2) + u(8, head_at) + u(8, chunks) + u(8, chunks + 40), wrong_block))
        layout = 0x08, bytes([4, 2, 0, 2, 1, 10, 4, 3, 10]) + u(8, head_at)
        root = w.group([("w", w.header1(h5.space(20), h5.datatype(h5.FLOAT), layout))])
        return w.close0(root, cached=(w.tree_at, w.heap_at))
    return make


hdf5("array_of_chunks", arrayed())
hdf5("array_of_chunks_head", arrayed(wrong_head=1), "KER-006")
hdf5("array_of_chunks_block", arrayed(wrong_block=1), "KER-006")
for claimed in (9, 1 << 27, 1 << 40, (1 << 64) - 1):
    hdf5(f"array_of_{claimed:x}_chunks", arrayed(claimed=claimed, wrong_block=1), "KER-006")


MEBIBYTE = h5.sealed(b"FADB" + bytes(2) + u(8, 0) + b"\xff" * (1 << 20))


def long_arrays(count, last=MEBIBYTE):
    """Many datasets whose chunks have the same places, a mebibyte of them; but for the last."""
    def array(w, places):
        return w.put(h5.sealed(b"FAHD" + bytes([0, 0, 8, 20]) + u(8, 1 << 17) + u(8, w.put(places))))

    def make(w):
        arrays = [array(w, MEBIBYTE)] * (count - 1) + [array(w, last)]
        root = w.group([(f"w{i:03}", w.header1(h5.space(20), h5.datatype(h5.FLOAT), (
            0x08, bytes([4, 2, 0, 2, 1, 10, 4, 3, 20]) + u(8, at)))) for i, at in enumerate(arrays)])
        return w.close0(root, cached=(w.tree_at, w.heap_at))
    return make


hdf5("long_arrays", long_arrays(100))
hdf5("long_arrays_broken", long_arrays(100, MEBIBYTE[:-1]), "KER-006")
hdf5("long_arrays_too_many", long_arrays(600), "KER-007")

# --- The superblock of the old form has a place for more messages about the file, too.


def extended(address):
    def make(w):
        whole = bytearray(w.close0(w.group(), cached=(w.tree_at, w.heap_at)))
        whole[32:40] = u(8, address)
        return bytes(whole)
    return make


hdf5("superblock_plain", extended(NOWHERE))
hdf5("superblock_leads_nowhere", extended(NOWHERE - 255), "KER-006")

# --- Weights.


def dense(units, **more):
    return {"module": "keras.layers", "class_name": "Dense", "registered_name": None,
            "config": {"name": "d", "units": units, "activation": "relu"}, **more}


def layers(*of):
    start = {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
             "config": {"batch_shape": [None, 2], "dtype": "float32", "name": "i"}}
    return {"module": "keras", "class_name": "Sequential", "registered_name": None,
            "config": {"name": "s", "layers": [start, *of]}}


def keras(config, size=16):
    w = Writer()
    root = w.group([("w", w.header1(h5.space(size // 4), h5.datatype(h5.FLOAT), h5.layout(w.put(bytes(size)), size)))])
    return zips.write([zips.Member("metadata.json", b'{"keras_version":"3.15.1"}'),
                       zips.Member("config.json", json.dumps(config).encode()),
                       zips.Member("model.weights.h5", w.close0(root, cached=(w.tree_at, w.heap_at)))])


for id, layer, rules in (
    ("dense", dense(1 << 29), ["KER-022"]),
    ("dense_far", dense(1 << 62), ["KER-022"]),
    ("embedding", {**dense(1), "class_name": "Embedding", "config": {"input_dim": 1 << 31, "output_dim": 64}}, ["KER-022"]),
    ("built", dense(1, build_config={"input_shape": [None, 1 << 40]}), ["KER-022"]),
    ("convolution", {**dense(1), "class_name": "Conv2D", "config": {"filters": 1 << 20, "kernel_size": [64, 64]}}, ["KER-022"]),
    ("wrapped", {**dense(1), "class_name": "TimeDistributed", "config": {"layer": dense(1 << 29)}}, ["KER-022"]),
    ("dense_of_a_gib", dense((1 << 27) - 1), []),
    ("reshaped", {**dense(1), "class_name": "RepeatVector", "config": {"n": 1 << 40}}, []),
):
    told(f"found/structures/keras/{id}", keras(layers(layer)), "findings" if rules else "clean", rules=rules, name="m.keras")
    writer = Writer()
    told(f"found/structures/keras/hdf5_{id}", (lambda w: w.close0(w.group((), h5.text("model_config", json.dumps(layers(layer)))),
                                                                  cached=(w.tree_at, w.heap_at)))(writer),
         "findings" if rules else "clean", rules=rules, name="m.h5")
told("found/structures/keras/inputs", keras({**layers(), "config": {"layers": [
    {"class_name": "InputLayer", "config": {"batch_shape": [None, 1 << 20], "name": "i"}},
    {"class_name": "Dropout", "config": {"rate": 0.5}}, dense(1 << 10)]}}), rules=["KER-022"], name="m.keras")

# --- ONNX, where nothing is followed.

RELU = onnx.node("Relu", "x", "y")


def valued(value, names=b""):
    graph = onnx.data(1, RELU) + onnx.data(2, "g") + names + onnx.data(12, onnx.data(1, "y") + value)
    return onnx.integer(1, 10) + onnx.data(7, graph) + onnx.data(8, onnx.integer(2, 21))


def shaped(*dimensions):
    return onnx.data(2, onnx.data(1, onnx.integer(1, 1) + onnx.data(2, b"".join(onnx.data(1, one) for one in dimensions))))


for id, content, rules in (
    ("value", valued(shaped(onnx.integer(1, 3), onnx.data(2, "batch"))), []),
    ("later_field", valued(shaped(onnx.integer(1, 3)) + onnx.data(99, b"\xff")), []),
    ("longer_than_its_message", valued(onnx.data(2, onnx.varint(10) + onnx.varint(20) + b"\x08\x01")), ["ONX-005"]),
    ("number_that_does_not_end", valued(shaped(b"\x08\x80")), ["ONX-005"]),
    ("text_for_a_number", valued(onnx.data(2, onnx.data(1, onnx.data(1, "x")))), []),
    ("name_is_no_text", valued(b"", onnx.data(11, onnx.data(1, b"\x8a"))), []),
    ("half_a_float", valued(b"", onnx.data(5, onnx.integer(1, 1) + onnx.data(4, b"123"))), ["ONX-005"]),
    ("group", valued(b"", b"\x0b\x0c"), ["ONX-005"]),
):
    told("found/structures/onnx/" + id, content, "inconclusive" if rules else "clean", rules=rules, name="m.onnx")
