"""What attackers of this scanner found in the pickles of NumPy and joblib, each closed since, and files as those
libraries write them that it did not take."""

from cases_blind_containers import DATA
from corpus import told
from make_stdlib import Call, Name, dump, objects

NDARRAY = Name("numpy", "ndarray")
RUN = b"cposix\nsystem\n(X\4\0\0\0truetR0N."


def dtype(text, size=-1, alignment=-1, flags=0, fields=None, subarray=None, order="|", names=None):
    names = names or (tuple(fields) if fields else None)
    return Call(Name("numpy", "dtype"), text, False, True,
                state=(3, order, subarray, names, fields, size, alignment, flags))


F8, U1 = dtype("f8", order="<"), dtype("u1")
OBJECT = dtype("O8", flags=63)
FIELDS = {"a": (F8, 0), "b": (dtype("S3", 3, 1), 8)}
PLAIN = {
    "f8": (F8, bytes(8)),
    "void": (dtype("V7", 7, 1), bytes(7)),
    "text": (dtype("U2", 8, 4, 8, order="<"), bytes(8)),
    "structure": (dtype("V11", 11, 1, 16, FIELDS), bytes(11)),
    "aligned": (dtype("V16", 16, 8, 144, {"a": (dtype("i1"), 0), "b": (F8, 8)}), bytes(16)),
    "nested": (dtype("V27", 27, 1, 16, {"p": (dtype("V11", 11, 1, 16, FIELDS), 0),
                                        "q": (dtype("V16", 16, 8, 0, subarray=(F8, (2,))), 11)}), bytes(27)),
    "title": (dtype("V8", 8, 1, 16, {"a": (F8, 0, "t"), "t": (F8, 0, "t")}, names=("a",)), bytes(8)),
    "record": (Call(Name("numpy", "dtype"), Name("numpy", "record"), False, True,
                    state=(3, "|", None, ("a",), {"a": (F8, 0)}, 8, 1, 16)), bytes(8)),
}


def numpy_array(of, data, shape=None, version=1):
    shape = shape or (len(data) if isinstance(data, list) else 1,)
    return Call(Name("numpy.core.multiarray", "_reconstruct"), NDARRAY, (0,), b"b",
                state=(version, shape, of, False, data))


def wrapped(of, content, shape=(1,), alignment=None, **more):
    """joblib's array without the protocol before it and the STOP after."""
    fields = {"subclass": NDARRAY, "shape": shape, "order": "C", "dtype": of, "allow_mmap": True,
              "numpy_array_alignment_bytes": alignment, **more}
    return b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81" + dump(fields)[2:-1] + b"b" + content


def joblib(*arrays):
    return b"\x80\2" + b"0".join(arrays) + b"."


for id, (of, data) in PLAIN.items():
    told(f"found/arrays/numpy/{id}", dump(numpy_array(of, data), 3), "clean", **DATA)
    told(f"found/arrays/joblib/{id}", joblib(wrapped(of, data)), "clean", **DATA)
    told(f"found/arrays/joblib/{id}_aligned", joblib(wrapped(of, b"\5" + b"\xff" * 5 + data, alignment=16)), "clean", **DATA)
WITH_OBJECT = dtype("V16", 16, 1, 27, {"a": (F8, 0), "o": (OBJECT, 8)})
told("found/arrays/numpy/objects", dump(numpy_array(OBJECT, [{"a": 1}]), 3), "clean", **DATA)
told("found/arrays/numpy/objects_in_structure", dump(numpy_array(WITH_OBJECT, [(1.0, "x")]), 3), "clean", **DATA)
for id, of in (("objects", OBJECT), ("objects_in_structure", WITH_OBJECT)):
    for protocol in (2, 5):
        inner = dump(numpy_array(of, [{"a": 1}, "x", None, [1, 2]]), protocol)
        told(f"found/arrays/joblib/{id}_{protocol}", joblib(wrapped(of, inner), wrapped(F8, bytes(8))), "clean", **DATA)

# joblib would run what it is said to pass over.
told("found/arrays/joblib/size_by_state", joblib(wrapped(dtype("S100", 1, 1), b"\0" + RUN + bytes(99 - len(RUN)))),
     rules=["PKL-210", "PKL-315"], **DATA)
told("found/arrays/joblib/read_replaced", joblib(wrapped(U1, bytes(3), (3,)), wrapped(U1, RUN, (len(RUN),),
                                                                                read=Name("builtins", "slice"))),
     rules=["PKL-210"], **DATA)
told("found/arrays/joblib/acts_in_objects", joblib(wrapped(OBJECT, dump(numpy_array(OBJECT, [Call(Name("posix", "system"),
                                                                                            "true")]), 5))),
     rules=["PKL-101", "PKL-201", "PKL-210"], **DATA)
told("found/arrays/joblib/alignment_before", b"\x80\2cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81q\1}q\2X\x1b\0\0\0"
     b"numpy_array_alignment_bytesK\x10s0}X\5\0\0\0shape)s0h\2" + dump({
         "subclass": NDARRAY, "shape": (1,), "order": "C", "dtype": U1, "allow_mmap": True})[2:-1].replace(b"}q\0", b"")
     + b"b" + bytes(17) + b".", rules=["PKL-210"], **DATA)
# joblib loads the objects of an array without passing over anything in them. Read by pickle.load alone the stream
# breaks before, on a memo that is another there.
told("found/arrays/joblib/wrapper_in_objects", joblib(b"}q\0" b"0" + wrapped(
    OBJECT, b"\x80\4\x8c\x0bcollections\x940h\0\x8c\x0bOrderedDict\x930" + wrapped(U1, RUN, (len(RUN),)).replace(
        b"}q\0", b"}r\0\1\0\0") + b".")), rules=["PKL-101", "PKL-201", "PKL-314"], **DATA)
# The state of one wrapper set twice: the second time without an alignment, which stays.
told("found/arrays/joblib/built_twice", joblib(wrapped(U1, b"\1\xff\0", alignment=16).replace(b")\x81", b")\x81r\0\1\0\0"),
                                         b"j\0\1\0\0" + dump({"subclass": NDARRAY, "shape": (1,), "order": "C",
                                                              "dtype": U1, "allow_mmap": True})[2:-1] + b"b\0"),
     "inconclusive", rules=["PKL-315"], **DATA)

# NumPy would take bytes for pointers, or read past its buffer.
for id, of, data in (
    ("objects_denied", dtype("O8"), b"A" * 8),
    ("objects_of_numbers", dtype("f8", flags=63), [1]),
    ("object_field_denied", dtype("V8", 8, 1, 16, {"a": (OBJECT, 0)}), b"A" * 8),
    ("object_subarray_denied", dtype("V8", 8, 8, 0, subarray=(OBJECT, (1,))), b"A" * 8),
    ("number_over_object", dtype("V8", 8, 1, 27, {"a": (OBJECT, 0), "b": (F8, 0)}), [("x", 1.5)]),
    ("field_outside", dtype("V8", 8, 1, 16, {"a": (F8, 100000)}), bytes(8)),
    ("no_alignment", dtype("S8", 8, 0), bytes(8)),
    ("negative_size", dtype("S8", -8, 1), bytes(8)),
):
    told("found/arrays/numpy/" + id, dump(numpy_array(of, data), 3), rules=["PKL-210"], **DATA)

# SciPy's matrix of keys is a dictionary.
DOK = Call(Name("copyreg", "_reconstructor"), Name("scipy.sparse._dok", "dok_matrix"), Name("builtins", "dict"), {(0, 1): 2.0},
           state={"_shape": (2, 2), "maxprint": 50, "dtype": F8, "_dict": {(0, 1): 2.0}})
told("found/arrays/scipy/dok", dump(DOK, 3), "clean", **DATA)
told("found/arrays/scipy/dok_of_a_class", dump(Call(Name("copyreg", "_reconstructor"), Name("scipy.sparse._dok", "dok_matrix"),
                                              Name("builtins", "dict"), {0: Name("builtins", "list")}), 3), rules=["PKL-210"], **DATA)

# Counts and sizes that do not fit each other. NumPy refuses them, but for the list: of one that is too short it takes
# for objects what lies behind.
for id, of, data, shape in (
    ("short_list", OBJECT, [1, 2], (3,)), ("short_list_far", OBJECT, [], (1 << 20,)), ("long_list", OBJECT, [1, 2, 3], (2,)),
    ("short_list_of_structures", WITH_OBJECT, [(1.0, "x")], (2,)),
    ("few_bytes", F8, bytes(8), (2,)), ("many_bytes", F8, bytes(24), (2,)), ("many_long_bytes", F8, bytes(2408), (300,)),
    ("no_bytes", F8, b"", (1,)), ("negative", F8, b"", (-1,)), ("negative_twice", F8, bytes(8), (-1, -1)),
    ("beyond_63_bits", F8, b"", (1 << 31, 1 << 31)), ("dimensions", F8, bytes(8), (1,) * 65),
    ("subarray_dimensions", dtype("V8", 8, 8, 0, subarray=(F8, (1,) * 65)), bytes(8), (1,)),
):
    told(f"found/arrays/sizes/{id}", dump(numpy_array(of, data, shape), 3), rules=["PKL-210"], **DATA)
told("found/arrays/sizes/version", dump(numpy_array(F8, bytes(8), (1,), 2), 3), rules=["PKL-210"], **DATA)
told("found/arrays/sizes/scalar", dump(Call(Name("numpy.core.multiarray", "scalar"), F8, bytes(7)), 3), rules=["PKL-210"], **DATA)
for id, of, data, shape in (("empty", F8, b"", (0, 3)), ("no_dimension", F8, bytes(8), ()), ("long", F8, bytes(2400), (300,)),
                            ("dimensions", F8, bytes(8), (1,) * 64), ("objects", OBJECT, [None] * 3000, (3000,))):
    told(f"found/arrays/sizes/right_{id}", dump(numpy_array(of, data, shape), 3), "clean", **DATA)
    told(f"found/arrays/sizes/right_{id}_protocol_2", dump(numpy_array(of, data, shape), 2), "clean", **DATA)
