"""Checkpoints that torch.load(weights_only=True) of PyTorch 2.13 refuses, with nothing in them that would run."""

import collections
import struct

import make_zip as zips
from cases_blind_containers import archive, checkpoint, dump, legacy, tensor
from corpus import told
from make_stdlib import REBUILD, WEIGHTS, Call, Name, Storage, state, view

HOOKS = collections.OrderedDict()


def of(kind, shape, key, elements=None):
    """A tensor of its own storage, its strides those of C."""
    stride = [1] * len(shape)
    for i in reversed(range(len(shape) - 1)):
        stride[i] = stride[i + 1] * shape[i + 1]
    count = 1
    for one in shape:
        count *= one
    return Call(REBUILD, Storage(count if elements is None else elements, key=key, kind=kind), 0, tuple(shape), tuple(stride),
                False, HOOKS)


def rebuilt(name, *arguments):
    return Call(Name("torch._utils", name), *arguments)


def stored(value, **sizes):
    """A checkpoint of it; `sizes`: of storages, the bytes or how many of them."""
    return checkpoint(dump({"x": value}), storages=[(key[1:], bytes(size)) for key, size in sizes.items()])


def longs(*numbers, kind="q", order="<"):
    return struct.pack(f"{order}{len(numbers)}{kind}", *numbers)


def told_of(id, value, rules=("PKL-203",), **sizes):
    told("found/refused/" + id, stored(value, **sizes), rules=rules, verdict="findings" if rules else "clean")


# Sparse tensors: (indices, values, size, whether coalesced).
LAYOUT = {name: Call(Name("torch.serialization", "_get_layout"), "torch." + name) for name in (
    "strided", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc")}


def sparse(id, indices, values, size, *, layout="sparse_coo", parts=None, kind="Long", **more):
    given = (of(kind, indices, "0"), of("Float", values, "1"), Call(Name("torch", "Size"), size), True)
    bytes_of = {"_0": 8, "_1": 4}
    for shape, key in ((indices, "_0"), (values, "_1")):
        for one in shape:
            bytes_of[key] *= one
    if kind != "Long":
        bytes_of["_0"] //= 2
    told_of("sparse/" + id, rebuilt("_rebuild_sparse_tensor", LAYOUT[layout], given if parts is None else parts(*given)),
            **bytes_of, **more)


sparse("right", (2, 3), (3,), (4, 4), rules=())
sparse("right_with_dense_dimensions", (1, 3), (3, 4, 2), (4, 4, 2), rules=())
sparse("right_of_no_dimension", (0, 1), (1,), (), rules=())
sparse("right_without_flag", (2, 3), (3,), (4, 4), parts=lambda *given: given[:3], rules=())
sparse("counts_differ", (2, 3), (2,), (4, 4))
sparse("too_many_dimensions", (2, 3), (3,), (4, 4, 4))
sparse("too_few_dimensions", (2, 3), (3,), (4,))
sparse("other_dense_dimensions", (1, 3), (3, 4), (4, 5))
sparse("indices_of_one_dimension", (3,), (3,), (4,))
sparse("values_of_none", (2, 1), (), (4, 4))
sparse("negative_size", (2, 3), (3,), (-1, 4), rules=["PKL-203", "PKL-233"])
sparse("huge_size", (2, 3), (3,), (2**40, 2**40), rules=["PKL-203", "PKL-233"])
sparse("strided", (2, 3), (3,), (4, 4), layout="strided")
sparse("compressed_by_name", (2, 3), (3,), (4, 4), layout="sparse_csr")


def compressed(id, layout, rows, columns, values, size, rules=("PKL-203",)):
    parts = (of("Long", rows, "0"), of("Long", columns, "1"), of("Float", values, "2"), size)
    sizes = {}
    for i, (shape, bytes_of) in enumerate(((rows, 8), (columns, 8), (values, 4))):
        for one in shape:
            bytes_of *= one
        sizes[f"_{i}"] = bytes_of
    steps = max(rows[-1] - 1, 1)
    evenly = [i * columns[-1] // steps for i in range(rows[-1])]
    sizes["_0"] = longs(*evenly * (sizes["_0"] // 8 // len(evenly)))
    rising = [i - begin for begin, end in zip(evenly, evenly[1:]) for i in range(begin, end)] or [0] * columns[-1]
    sizes["_1"] = longs(*rising * (sizes["_1"] // 8 // len(rising)))
    told_of("compressed/" + id, rebuilt("_rebuild_sparse_tensor", LAYOUT["sparse_" + layout], parts), rules, **sizes)


compressed("rows", "csr", (5,), (4,), (4,), (4, 3), ())
compressed("columns", "csc", (4,), (4,), (4,), (4, 3), ())
compressed("row_blocks", "bsr", (3,), (2,), (2, 2, 3), (4, 6), ())
compressed("column_blocks", "bsc", (3,), (2,), (2, 2, 3), (4, 6), ())
compressed("many", "csr", (3, 5), (3, 4), (3, 4), (3, 4, 4), ())
compressed("dense_behind", "csr", (5,), (4,), (4, 2), (4, 4, 2), ())
compressed("other_counts", "csr", (5,), (4,), (3,), (4, 3))
compressed("other_rows", "csr", (5,), (4,), (4,), (3, 3))
compressed("one_dimension", "csr", (5,), (4,), (4,), (4,))
compressed("other_batch", "csr", (2, 5), (3, 4), (3, 4), (3, 4, 4))
compressed("no_blocks", "bsr", (5,), (4,), (4,), (4, 4))
compressed("blocks_of_nothing", "bsr", (5,), (4,), (4, 0, 0), (4, 4))
compressed("as_coordinates", "coo", (5,), (4,), (4,), (4, 3))

# Quantized tensors.
AFFINE, CHANNEL = Name("torch", "per_tensor_affine"), Name("torch", "per_channel_affine")


def quantized(id, quantizer, rules=("PKL-203",), kind="QInt8", gradient=False, **sizes):
    elements = 6
    value = rebuilt("_rebuild_qtensor", Storage(elements, kind=kind), 0, (2, 3), (3, 1), quantizer, gradient, HOOKS)
    told_of("quantized/" + id, value, rules, _0=elements * (4 if kind in ("Float", "QInt32") else 1), **sizes)


SCALES, ZEROES = of("Double", (2,), "1"), of("Long", (2,), "2")
CHANNELS = {"_1": 16, "_2": 16}
quantized("right", (AFFINE, 0.5, 3), ())
quantized("right_of_numbers", (AFFINE, 1, 3), (), kind="QInt32")
quantized("right_of_channels", (CHANNEL, SCALES, ZEROES, 0), (), **CHANNELS)
quantized("of_floats", (AFFINE, 0.5, 3), kind="Float")
quantized("with_gradient", (AFFINE, 0.5, 3), gradient=True)
quantized("scale_without_end", (AFFINE, 10**30, 3))
quantized("axis_beyond", (CHANNEL, SCALES, ZEROES, 2), **CHANNELS)
quantized("axis_before", (CHANNEL, SCALES, ZEROES, -1), **CHANNELS)
quantized("other_axis", (CHANNEL, SCALES, ZEROES, 1), **CHANNELS)
quantized("scales_of_numbers", (CHANNEL, ZEROES, of("Long", (2,), "1"), 0), **CHANNELS)
quantized("channels_of_one", (CHANNEL, 0.5, 3))
quantized("symmetric", (Name("torch", "per_tensor_symmetric"), 0.5, 3))
quantized("symmetric_channels", (Name("torch", "per_channel_symmetric"), SCALES, ZEROES, 0), **CHANNELS)

# Nested tensors: a buffer, sizes, strides, offsets.


def nested(id, buffer, sizes, strides, offsets, rules=("PKL-203",), kind="Long"):
    parts = [of("Float", buffer, "0"), of(kind, sizes, "1"), of(kind, strides, "2"), of("Long", offsets, "3")]
    lengths = {}
    for i, (shape, bytes_of) in enumerate(((buffer, 4), (sizes, 8 if kind == "Long" else 4),
                                           (strides, 8 if kind == "Long" else 4), (offsets, 8))):
        for one in shape:
            bytes_of *= one
        lengths[f"_{i}"] = bytes_of
    told_of("nested/" + id, rebuilt("_rebuild_nested_tensor", *parts), rules, **lengths)


nested("right", (9,), (2, 2), (2, 2), (2,), ())
nested("right_of_scalars", (2,), (2, 0), (2, 0), (2,), ())
nested("none", (0,), (), (), (0,), kind="Float")  # torch.save writes it all the same
nested("buffer_of_two_dimensions", (3, 3), (2, 2), (2, 2), (2,))
nested("too_few_offsets", (9,), (2, 2), (2, 2), (1,))
nested("too_few_strides", (9,), (2, 2), (1, 2), (2,))
nested("sizes_of_floats", (9,), (2, 2), (2, 2), (2,), kind="Float")

STEP = rebuilt("_rebuild_nested_tensor", of("Float", (9,), "0"), of("Long", (2, 2), "1"),
               Call(REBUILD, Storage(4, key="2", kind="Long"), 0, (2, 2), (1, 2), False, HOOKS), of("Long", (2,), "3"))
told_of("nested/strides_by_columns", STEP, _0=36, _1=32, _2=32, _3=16)

# Tensors that torch.save moved to the processor: a tensor, then dtype, device and whether it has a gradient.
META = rebuilt("_rebuild_meta_tensor_no_storage", Name("torch", "float32"), (6,), (1,), False)


def on(location, kind="Float"):
    return Call(REBUILD, Storage(6, kind=kind, location=location), 0, (6,), (1,), False, HOOKS)


for id, value, dtype, rules in (
    ("right", on("cpu"), "float32", ()), ("right_of_another_type", on("cpu", "Long"), "complex64", ()),
    ("of_quantized", on("cpu", "QInt32"), "float32", ["PKL-203"]), ("to_quantized", on("cpu"), "qint8", ["PKL-203"]),
    ("to_two_bits", on("cpu"), "uint2", ["PKL-203"]), ("to_bits", on("cpu"), "bits8", ["PKL-203"]),
    ("to_half_bytes", on("cpu"), "float4_e2m1fn_x2", ["PKL-203"]), ("of_nowhere", on("meta"), "float32", ["PKL-203"]),
    ("of_meta", META, "float32", ["PKL-203"]),
):
    size = {"right_of_another_type": 48}.get(id, 24)
    told_of("moved/" + id, rebuilt("_rebuild_device_tensor_from_cpu_tensor", value, Name("torch", dtype), "cpu", False), rules,
            **({} if value is META else {"_0": size}))
told_of("quantized/of_nowhere", on("meta", "QInt8"), _0=6)

# What is said of a tensor's bits: names and booleans.
for id, kind, notes, rules in (
    ("conjugate", "ComplexFloat", {"conj": True}, ()), ("negative", "Float", {"neg": True}, ()),
    ("of_a_device", "Float", {"other": True}, ()), ("conjugate_of_floats", "Float", {"conj": True}, ["PKL-203"]),
    ("not_conjugate_of_floats", "Float", {"conj": False}, ["PKL-203"]), ("no_text", "Float", {1: True}, ["PKL-203"]),
    ("no_flag", "Float", {"neg": 2}, ["PKL-203"]),
):
    told_of("notes/" + id, Call(REBUILD, Storage(6, kind=kind), 0, (6,), (1,), False, HOOKS, notes), rules,
            _0=48 if kind == "ComplexFloat" else 24)

# Texts that stand for bytes.
ENCODE = Name("_codecs", "encode")
WIDE = "a" * 300 + "\u20ac"
for id, value, rules in (
    ("right", Call(ENCODE, "\xe9\xff", "latin1"), ()), ("right_and_long", Call(ENCODE, "\xe9" * 300, "latin1"), ()),
    ("wide", Call(ENCODE, "\u0100", "latin1"), ["PKL-205"]), ("wide_and_long", Call(ENCODE, WIDE, "latin1"), ["PKL-205"]),
    ("wide_and_kept", ["\u20ac", Call(ENCODE, "\u20ac", "latin1")], ["PKL-205"]),
    ("wide_surrogate", Call(ENCODE, "\ud800", "latin1"), ["PKL-205"]),
    ("wide_bytearray", Call(Name("builtins", "bytearray"), "\u20ac", "latin-1"), ["PKL-206"]),
):
    told(f"found/refused/encode/{id}", checkpoint(dump({"x": value}), ()), rules=rules, verdict="findings" if rules else "clean")

def viewed(kind, shape, key):
    made = of(kind, shape, key)
    storage = made.parts[1][0]
    storage.id += (None,)
    return made


# Numbers that are followed: in storages, and as far as they lead.


def numbered(id, value, rules=("PKL-235",), order=b"little", **storages):
    content = archive([("archive/data.pkl", dump({"x": value})), ("archive/byteorder", order),
                       *((f"archive/data/{key[1:]}", content) for key, content in storages.items()), ("archive/version", b"3\n")])
    told("found/refused/numbers/" + id, content, rules=rules, verdict="findings" if rules else "clean")


def coordinates(id, numbers, rules=("PKL-235",), steps=(3, 1), order="<"):
    indices = Call(REBUILD, Storage(6, key="0", kind="Long"), 0, (2, 3), steps, False, HOOKS)
    parts = (indices, of("Float", (3,), "1"), (4, 5), False)
    numbered("coordinates/" + id, rebuilt("_rebuild_sparse_tensor", LAYOUT["sparse_coo"], parts), rules,
             b"big" if order == ">" else b"little", _0=longs(*numbers, order=order), _1=bytes(12))


coordinates("right", (0, 3, 3, 0, 4, 4), ())
coordinates("right_by_columns", (3, 4, 0, 0, 1, 4), (), steps=(1, 2))
coordinates("right_in_the_other_order", (0, 3, 3, 0, 4, 4), (), order=">")
coordinates("beyond_the_rows", (0, 4, 3, 0, 4, 4))
coordinates("beyond_the_columns", (0, 3, 3, 0, 4, 5))
coordinates("beyond_by_columns", (4, 3, 0, 0, 1, 4), steps=(1, 2))
coordinates("before", (0, -1, 3, 0, 4, 4))
coordinates("far", (0, 10**9, 3, 0, 4, 4))
coordinates("farthest", (0, 2**63 - 1, 3, 0, 4, 4))
coordinates("in_the_other_order", (0, 3, 3, 0, 4, 5), order=">")
numbered("coordinates/one_for_many", rebuilt("_rebuild_sparse_tensor", LAYOUT["sparse_coo"], (
    Call(REBUILD, Storage(1, key="0", kind="Long"), 0, (2, 2**40), (0, 0), False, HOOKS),
    Call(REBUILD, Storage(1, key="1"), 0, (2**40,), (0,), False, HOOKS), (4, 5), False)), ["PKL-203"], _0=bytes(8), _1=bytes(4))


def rows_and_columns(id, rows, columns, rules=("PKL-235",), kind="Long", batch=()):
    code = "i" if kind == "Int" else "q"
    shape = tuple(batch)
    parts = (of(kind, (*shape, 4), "0"), of(kind, (*shape, 3), "1"), of("Float", (*shape, 3), "2"), (*shape, 3, 2))
    count = 12 * (batch[0] if batch else 1)
    numbered("compressed/" + id, rebuilt("_rebuild_sparse_tensor", LAYOUT["sparse_csr"], parts), rules,
             _0=longs(*rows, kind=code), _1=longs(*columns, kind=code), _2=bytes(count))


rows_and_columns("right", (0, 2, 2, 3), (0, 1, 1), ())
rows_and_columns("right_of_32_bits", (0, 2, 2, 3), (0, 1, 1), (), kind="Int")
rows_and_columns("right_of_two", (0, 2, 2, 3, 0, 0, 1, 3), (0, 1, 1, 0, 0, 1), (), batch=(2,))
rows_and_columns("unsorted_row", (0, 2, 2, 3), (1, 0, 1))
rows_and_columns("column_twice", (0, 2, 2, 3), (1, 1, 1))
rows_and_columns("column_twice_of_32_bits", (0, 2, 2, 3), (0, 0, 1), kind="Int")
rows_and_columns("unsorted_second", (0, 2, 2, 3, 0, 0, 1, 3), (0, 1, 1, 0, 1, 0), batch=(2,))
rows_and_columns("falls_between_rows", (0, 1, 1, 3), (1, 0, 1), ())
rows_and_columns("begins_later", (1, 2, 2, 3), (0, 1, 1))
rows_and_columns("ends_earlier", (0, 2, 2, 2), (0, 1, 1))
rows_and_columns("ends_later", (0, 2, 2, 4), (0, 1, 1))
rows_and_columns("falls", (0, 2, 1, 3), (0, 1, 1))
rows_and_columns("long_row", (0, 3, 3, 3), (0, 1, 1))
rows_and_columns("far_row", (0, 2**62, 3, 3), (0, 1, 1))
rows_and_columns("column_beyond", (0, 2, 2, 3), (0, 2, 1))
rows_and_columns("column_before", (0, 2, 2, 3), (0, -1, 1))
rows_and_columns("column_beyond_of_32_bits", (0, 2, 2, 3), (0, 2, 1), kind="Int")
rows_and_columns("second_falls", (0, 2, 2, 3, 0, 2, 1, 3), (0, 1, 1, 0, 0, 1), batch=(2,))
rows_and_columns("indices_of_floats", (0, 2, 2, 3), (0, 1, 1), ["PKL-203"], kind="Double")


def places(id, sizes, steps, offsets, rules=("PKL-235",)):
    parts = (of("Float", (9,), "0"), of("Long", (2, 2), "1"), of("Long", (2, 2), "2"), of("Long", (2,), "3"))
    numbered("nested/" + id, rebuilt("_rebuild_nested_tensor", *parts), rules, _0=bytes(36), _1=longs(*sizes), _2=longs(*steps),
             _3=longs(*offsets))


places("right", (2, 2, 1, 2), (2, 1, 2, 1), (0, 4), ())
places("right_to_the_last", (2, 2, 2, 2), (2, 1, 2, 1), (0, 5), ())
places("right_on_each_other", (2, 2, 2, 2), (2, 1, 2, 1), (0, 0), ())
places("right_of_none", (0, 2, 2, 2), (2, 1, 2, 1), (100, 0), ())
places("one_too_far", (2, 2, 2, 2), (2, 1, 2, 1), (0, 6))
places("size_beyond", (2, 2, 100, 2), (2, 1, 2, 1), (0, 4))
places("size_before", (2, 2, -1, 2), (2, 1, 2, 1), (0, 4))
places("size_without_end", (2, 2, 2**62, 2**62), (2, 1, 2, 1), (0, 4))
places("stride_beyond", (2, 2, 2, 2), (2, 1, 200, 1), (0, 4))
places("stride_before", (2, 2, 2, 2), (2, 1, -2, 1), (0, 4))
places("offset_beyond", (2, 2, 1, 2), (2, 1, 2, 1), (0, 100))
places("offset_before", (2, 2, 1, 2), (2, 1, 2, 1), (0, -4))

SPARSE = rebuilt("_rebuild_sparse_tensor", LAYOUT["sparse_coo"], (viewed("Long", (1, 2), "0"), viewed("Float", (2,), "1"), (3,)))
for id, numbers, rules in (("right", (0, 2), ()), ("beyond", (0, 3), ["PKL-235"])):
    told("found/refused/numbers/legacy_" + id, legacy(value={"x": SPARSE}, keys=list("01"), storages=longs(2) + longs(*numbers) +
                                                      longs(2) + bytes(8)), rules=rules, verdict="findings" if rules else "clean")

# Quantized to less than a byte: the storage counts bytes.


def packed(id, size, stride, elements, rules=(), kind="QUInt4x2"):
    value = rebuilt("_rebuild_qtensor", Storage(elements, kind=kind), 0, size, stride, (AFFINE, 0.5, 0), False, HOOKS)
    told_of("quantized/" + id, value, rules, _0=elements)


packed("of_4_bits", (8, 8), (8, 1), 32)
packed("of_4_bits_odd", (3, 3), (3, 1), 5)
packed("of_2_bits", (8, 8), (8, 1), 16, kind="QUInt2x4")
packed("of_4_bits_short", (8, 8), (8, 1), 31, ["PKL-203", "PKL-232"])
packed("of_one_for_many", (2**20, 2**20), (0, 0), 1, ["PKL-203"], kind="QInt8")
told_of("moved/one_for_many", rebuilt("_rebuild_device_tensor_from_cpu_tensor", Call(REBUILD, Storage(1), 0, (2**40,), (0,), False, HOOKS),
                                      Name("torch", "float16"), "cpu", False), _0=4)

# Records that torch.load reads as a word and a number.
for id, name, text, rules in (
    ("order", "byteorder", b"big", ()), ("order_in_capitals", "byteorder", b"LITTLE", ["ZIP-002"]),
    ("long_order", "byteorder", b"little" * 200, ["ZIP-002", "ZIP-044"]), ("no_order", "byteorder", b"", ["ZIP-002"]),
    ("alignment", ".storage_alignment", b"4096", ()), ("alignment_in_words", ".storage_alignment", b"abc", ["ZIP-002"]),
    ("no_alignment", ".storage_alignment", b"", ["ZIP-002"]), ("alignment_in_hex", ".storage_alignment", b"0x40", ["ZIP-002"]),
    ("alignment_of_nothing", ".storage_alignment", b"0", ["ZIP-002"]), ("real_alignment", ".storage_alignment", b"64.0", ["ZIP-002"]),
    ("wide_alignment", ".storage_alignment", "\uff16\uff14".encode(), ["ZIP-002", "ZIP-044"]),
):
    more = [(f"archive/{name}", text)] if name != "byteorder" else []
    order = text if name == "byteorder" else b"little"
    told("found/refused/record/" + id, archive([("archive/data.pkl", WEIGHTS), ("archive/byteorder", order), ("archive/data/0", bytes(24)),
                                                ("archive/version", b"3\n"), *more]), rules=rules,
         verdict="findings" if rules else "clean")

# Others.
for id, value, rules in (
    ("parameter_of_numbers", rebuilt("_rebuild_parameter", of("Long", (3,), "0"), True, HOOKS), ["PKL-208"]),
    ("parameter_of_numbers_by_default", Call(Name("torch.nn.parameter", "Parameter"), of("Long", (3,), "0")), ["PKL-208"]),
    ("parameter_with_hooks_of_pairs", rebuilt("_rebuild_parameter", of("Float", (6,), "0"), True,
                                              Call(Name("collections", "OrderedDict"), [(1, 2)])), ["PKL-208"]),
    ("parameter_with_hooks_of_no_pairs", rebuilt("_rebuild_parameter", of("Float", (6,), "0"), True,
                                                 Call(Name("collections", "OrderedDict"), [])), []),
    ("parameter_of_numbers_kept", rebuilt("_rebuild_parameter", of("Long", (3,), "0"), False, HOOKS), []),
):
    told_of(id, value, rules, _0=24)
STRIDED = Name("torch", "float32")
for id, value, rules in (
    ("meta", rebuilt("_rebuild_meta_tensor_no_storage", STRIDED, (2, 3), (3, 1), True), []),
    ("meta_negative", rebuilt("_rebuild_meta_tensor_no_storage", STRIDED, (2, -3), (3, 1), False), ["PKL-233"]),
    ("meta_other_strides", rebuilt("_rebuild_meta_tensor_no_storage", STRIDED, (2, 3), (3,), False), ["PKL-233"]),
    ("meta_gradient_of_numbers", rebuilt("_rebuild_meta_tensor_no_storage", Name("torch", "int32"), (2,), (1,), True), ["PKL-203"]),
    ("device_twice", Call(Name("torch", "device"), "cuda:0", 1), ["PKL-209"]),
    ("device_before_the_first", Call(Name("torch", "device"), "cuda", -1), ["PKL-209"]),
    ("pairs", Call(Name("collections", "OrderedDict"), [("a", 1), ("b", [2])]), []),
    ("pairs_of_python_2", Call(Name("collections", "OrderedDict"), [["a", 1], ["b", [2]]]), []),
    ("no_pairs", Call(Name("collections", "OrderedDict"), [1, 2]), ["PKL-207"]),
    ("one_no_pair", Call(Name("collections", "OrderedDict"), [("a", 1), 2]), ["PKL-207"]),
    ("triples", Call(Name("collections", "OrderedDict"), [("a", 1, 2)]), ["PKL-207"]),
    ("lists_of_three", Call(Name("collections", "OrderedDict"), [["a", 1, 2]]), ["PKL-207"]),
    ("lists_of_one", Call(Name("collections", "OrderedDict"), [["a"]]), ["PKL-207"]),
    ("pairs_without_key", Call(Name("collections", "OrderedDict"), [([], 1)]), ["PKL-207"]),
    ("lists_without_key", Call(Name("collections", "OrderedDict"), [[[], 1]]), ["PKL-207"]),
    ("complex_of_a_long_number", Call(Name("builtins", "complex"), 10**400, 0), ["PKL-206"]),
):
    told(f"found/refused/{id}", checkpoint(dump({"x": value}), ()), rules=rules, verdict="findings" if rules else "clean")

PLAIN = (Storage(6), 0, (2, 3), (3, 1), False, HOOKS)
for id, attributes in {"int_key": {1: 2}, "list": ["a"], "number": 5, "its_data": {"data": 5}, "its_shape": {"shape": (1,)},
                       "three": ({}, {}, {}),
                       "pairs": Call(Name("collections", "OrderedDict"), [("data", 5)])}.items():
    told_of("state/" + id, Call(Name("torch._tensor", "_rebuild_from_type_v2"), REBUILD, Name("torch", "Tensor"), PLAIN, attributes),
            ["PKL-204"], _0=24)
    told_of("state/parameter_" + id, rebuilt("_rebuild_parameter_with_state", tensor(), True, HOOKS, attributes), ["PKL-208"], _0=24)
for id, attributes in {"text": {"note": [1]}, "slots": ({"a": 1}, {"b": 2}), "none": None, "only_slots": (None, {"b": 2})}.items():
    told_of("state/right_" + id, Call(Name("torch._tensor", "_rebuild_from_type_v2"), REBUILD, Name("torch", "Tensor"), PLAIN,
                                      attributes), [], _0=24)

# What the format before 1.6 has no place for.
UNTYPED = Storage(6)
UNTYPED.id = ("storage", Name("torch.storage", "UntypedStorage"), "0", "cpu", 6, None)
told("found/refused/legacy/untyped", legacy(value=state(w=Call(Name("torch._utils", "_rebuild_tensor_v3"), UNTYPED, 0, (6,), (1,), False,
                                                         HOOKS, Name("torch", "uint8")))), rules=["PKL-230", "PKL-322"])


NESTED = rebuilt("_rebuild_nested_tensor", viewed("Float", (4,), "0"), viewed("Long", (2, 1), "1"), viewed("Long", (2, 1), "2"),
                 viewed("Long", (2,), "3"))
told("found/refused/legacy/nested", legacy(value={"x": NESTED}, keys=list("0123"), storages=b"".join(
    struct.pack("<q", n) + bytes(n * size) for n, size in ((4, 4), (2, 8), (2, 8), (2, 8)))), rules=["PKL-203"])
told("found/refused/legacy/right", legacy(value=state(w=view())), "clean")

# A zip that is no checkpoint, where a name sends torch.load.
for ending in ("bin", "pt", "pth", "ckpt", "pkl"):
    told(f"found/refused/zip/{ending}", archive([("a.txt", b"words\n")]), rules=["ZIP-002"], name="model." + ending)
told("found/refused/zip/adapter", archive([("config.json", b"{}")]), rules=["LRA-014", "ZIP-002"], name="adapter_model.bin")
told("found/refused/zip/by_its_name", archive([("a.txt", b"words\n")]), "clean", name="model.zip")
told("found/refused/zip/member", archive([("model.bin", archive([("a.txt", b"words\n")]))]), rules=["ZIP-002"], name="a.zip")

# Keys that all have the hash 0.
for id, keys, rules in (("few", 10_000, ()), ("many", 10_001, ["PKL-407"])):
    told(f"found/refused/hashes/{id}", checkpoint(dump({"x": {i * (2**61 - 1): 0 for i in range(1, keys + 1)}}), ()), rules=rules,
         verdict="findings" if rules else "clean")

# A pickle that is no checkpoint, under a name that torch.load opens.
BARE = dump({"a": [1, 2]})
for ending in ("bin", "pt", "pth", "ckpt", "BIN"):
    told(f"found/refused/bare/{ending}", BARE, rules=["FIL-014"], name="model." + ending)
    told(f"found/refused/bare/data_{ending}", BARE, "clean", name="model." + ending, arguments=["--profile", "data"])
for ending in ("pkl", "pickle", "joblib", "dill", "dat"):
    told(f"found/refused/bare/{ending}", BARE, "clean", name="model." + ending)
told("found/refused/bare/several", BARE * 3, rules=["FIL-014"], name="model.bin")
told("found/refused/bare/member", archive([("model.bin", BARE)]), rules=["FIL-014"], name="a.zip")

# Checksums that torch.save left out.


def without_sums(*but, **more):
    members = zips.aligned([("data.pkl", WEIGHTS), ("byteorder", b"little"), ("data/0", bytes(range(24))), ("version", b"3\n")])
    for member in members:
        if member.name.split("/", 1)[1] not in but:
            member.crc = 0
            member.descriptor = member.descriptor[:4] + bytes(4) + member.descriptor[8:]
    return zips.write(members, zip64=True, **more)


told("found/refused/sums/none", without_sums(), "clean", rules=["ZIP-045"])
told("found/refused/sums/none_read", without_sums(), "clean", rules=["ZIP-045"], arguments=["--read-data"])
told("found/refused/sums/all_but_one", without_sums("version"), rules=["ZIP-004"])
told("found/refused/sums/only_of_the_pickle", without_sums("byteorder", "data/0", "version"), rules=["ZIP-004"])
told("found/refused/sums/of_arrays", zips.write([zips.Member("a.txt", b"words\n", crc=0)]), rules=["ZIP-004"], name="a.zip")

# A member whose sizes come later, and do not.
LATER = {"flags": 0x0808, "local": {"crc": 0, "size": 0, "packed_size": 0}}
told("found/refused/descriptor/none", zips.write([zips.Member("a.txt", b"words\n", **LATER)]), rules=["ZIP-005"], name="a.zip")
told("found/refused/descriptor/not_needed", zips.write([zips.Member("a.txt", b"words\n", flags=0x0808)]), "clean", name="a.zip")
told("found/refused/descriptor/there", zips.write(zips.aligned([("a.txt", b"words\n")])), "clean", name="a.zip")
for disk in (1, 8, 0xffff):
    told(f"found/refused/disk_{disk}", zips.write([zips.Member("a.txt", b"words\n", central={"disk": disk})]), rules=["ZIP-029"],
         name="a.zip")

# Code for a machine beside weights.
for id, code in {"wasm": b"\0asm\1\0\0\0" + bytes(40), "elf": b"\x7fELF\2\1\1" + bytes(60)}.items():
    told(f"found/refused/code/{id}_as_storage", checkpoint(storages=[("0", bytes(24)), ("1", code)]), rules=["COD-105", "ZIP-009"])
    told(f"found/refused/code/{id}_as_member", checkpoint(more=[("archive/extra", code)]), rules=["COD-105", "ZIP-009"])
