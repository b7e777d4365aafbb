"""NumPy .npy headers, broken and kept."""

import functools

from corpus import case
from make_npy import SIMPLE, raw, write

_case = functools.partial(case, name="array.npy")
NONE_PICKLED = b"\x80\x02N."  # None, and nothing else


def npy(id, make, *rules, verdict=None, covers=""):
    """One file; the verdict follows from the rules unless it is said."""
    if verdict is None:
        verdict = "findings" if set(rules) - {"NPY-007"} else "clean"
    _case("npy/" + id, verdict=verdict, rules=rules, covers=covers)(make)


npy("ordinary", write)
npy("version_2", lambda: write(version=(2, 0)))
npy("version_3", lambda: write("[('é', '<f4'), ('b', '<i2')]", "(4,)", b"\0" * 24, version=(3, 0)))
npy("fortran", lambda: write(order="True"))
npy("scalar", lambda: write(shape="()", data=b"\0" * 4))
npy("empty", lambda: write(shape="(0, 7)", data=b""))
npy("one_dimension", lambda: write(shape="(6,)"))
npy("python_2", lambda: write(shape="(2L, 3L)"))
npy("text", lambda: write("'<U5'", "(2,)", b"\0" * 40))
npy("time", lambda: write("'<M8[ns]'", "(3,)"))
npy("boolean", lambda: write("'|b1'", "(24,)"))
npy("record", lambda: write("[('a', '<f4'), ('b', '<f8', (2,)), ('', '|V4')]", "(1,)"))
npy("record_with_title", lambda: write("[(('title', 'a'), '<f4')]", "(6,)"))
npy("record_of_sub_arrays", lambda: write("[('a', ('<f4', (3,)), (2,))]", "(1,)"))
npy("not_padded", lambda: raw(SIMPLE, b"\0" * 24))

npy("only_magic", lambda: b"\x93NUMPY\x01\x00", "NPY-001")
npy("version_4", lambda: raw(SIMPLE, b"\0" * 24, (4, 0)), "NPY-001")
npy("version_1_1", lambda: raw(SIMPLE, b"\0" * 24, (1, 1)), "NPY-001")
npy("header_cut", lambda: raw(SIMPLE, length=1000), "NPY-001")
npy("header_call", lambda: raw("__import__('os').getcwd()"), "NPY-002")
npy("header_call_inside", lambda: raw(SIMPLE.replace("(2, 3)", "tuple([2, 3])"), b"\0" * 24), "NPY-002")
npy("header_list", lambda: raw("[1, 2]"), "NPY-002")
npy("header_extra_key", lambda: raw(SIMPLE.replace("}", "'x': 1}"), b"\0" * 24), "NPY-002")
npy("header_key_missing", lambda: raw("{'descr': '<f4', 'shape': (2, 3)}", b"\0" * 24), "NPY-002")
npy("header_key_twice", lambda: raw("{'descr': '<f4', 'descr': '<f4', 'shape': (6,)}", b"\0" * 24), "NPY-002")
npy("header_comment", lambda: raw(SIMPLE + " # x", b"\0" * 24), "NPY-002")
npy("header_joined_strings", lambda: raw(SIMPLE.replace("'<f4'", "'<' 'f4'"), b"\0" * 24), "NPY-002")
npy("header_nested", lambda: raw("(" * 5000 + ")" * 5000), "NPY-002")
npy("header_not_utf8", lambda: raw(SIMPLE.encode() + b"\xff", b"\0" * 24, (3, 0)), "NPY-002")
npy("header_nul", lambda: raw(SIMPLE + "\0", b"\0" * 24), "NPY-002")
npy("order_number", lambda: write(order="0"), "NPY-002")
npy("long_l_in_version_3", lambda: write(shape="(2L, 3L)", version=(3, 0)), "NPY-002")
npy("header_10000", lambda: raw(SIMPLE + " " * (10_000 - len(SIMPLE)), b"\0" * 24))
npy("header_10001", lambda: raw(SIMPLE + " " * (10_001 - len(SIMPLE)), b"\0" * 24), "NPY-003")
npy("header_huge", lambda: raw(SIMPLE + " " * 100_000, b"\0" * 24, (2, 0)), "NPY-003")
npy("shape_negative", lambda: write(shape="(-2, 3)"), "NPY-004")
npy("shape_list", lambda: write(shape="[2, 3]"), "NPY-004")
npy("shape_number", lambda: write(shape="6"), "NPY-004")
npy("shape_overflows", lambda: write(shape="(4294967296, 4294967296)", data=b""), "NPY-004")
npy("shape_overflows_in_bytes", lambda: write("'<f8'", "(4611686018427387904,)", b""), "NPY-004")
npy("short", lambda: write(data=b"\0" * 23), "NPY-005")
npy("trailer", lambda: write(data=b"\0" * 25), "NPY-006")
npy("two_arrays", lambda: write() + write(), "NPY-006")
npy("objects", lambda: write("'|O'", "(1,)", NONE_PICKLED), "NPY-007")
npy("objects_in_record", lambda: write("[('a', '<f4'), ('b', '|O')]", "(1,)", NONE_PICKLED), "NPY-007")
for id, name in (("plain", "O"), ("old", "O4"), ("sized", "O8"), ("named", "object")):
    npy("objects_" + id, lambda name=name: write(repr(name), "(1,)", NONE_PICKLED), "NPY-007")
npy("record_name_twice", lambda: write("[('a', '<f4'), ('a', '<f4')]", "(3,)"), "NPY-008", verdict="unsupported")
npy("record_title_is_name", lambda: write("[(('b', 'a'), '<f4'), ('b', '<f4')]", "(3,)"), "NPY-008", verdict="unsupported")
npy("record_padded_twice", lambda: write("[('', '|V2'), ('a', '<f4'), ('', '|V2')]", "(3,)"))
npy("time_in_steps", lambda: write("'<M8[25s]'", "(3,)"))
npy("time_without_unit", lambda: write("'<m8'", "(3,)"))
for id, unit in (("divided", "s/2"), ("divided_by_zero", "s/0"), ("unknown", "Fs"), ("none", ""), ("step_alone", "5"), ("long", "9" * 12 + "s")):
    npy("time_" + id, lambda unit=unit: write(f"'<M8[{unit}]'", "(3,)"), "NPY-008", verdict="unsupported")
npy("dtype_unknown", lambda: write("'<f3'", "(8,)"), "NPY-008", verdict="unsupported")
npy("dtype_by_name", lambda: write("'float32'"), "NPY-008", verdict="unsupported")
npy("dtype_many", lambda: write("'O,i4'"), "NPY-008", verdict="unsupported")
npy("dtype_sub_array", lambda: write("('<f4', (3,))", "(2,)"), "NPY-008", verdict="unsupported")
npy("dtype_none", lambda: write("None"), "NPY-008", verdict="unsupported")
