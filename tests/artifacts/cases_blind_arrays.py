"""NumPy's .npy and .npz as its format's own description has them: cases written from the rules alone.

Whoever wrote them had not read the scanner. The writer here is its own, of struct and zipfile.
"""

import io
import struct
import zipfile

import severity
from cases_blind_zip import EVIL, RUNS
from corpus import case

SIZES = {
    "|b1": 1, "|i1": 1, "|u1": 1, "<i2": 2, "<u2": 2, ">i4": 4, "<u4": 4, "<i8": 8, "<u8": 8, "<f2": 2, "<f4": 4,
    ">f8": 8, "<c8": 8, "<c16": 16, "|S5": 5, "<U3": 12, "|V4": 4, "<M8[s]": 8, "<m8[ns]": 8
}


def told(id, content, *rules, name="array.npy"):
    case("blind/n/" + id, verdict=severity.verdict(rules), rules=rules, name=name, covers="NEP 1")(lambda: content)


def npy(descr="'<f4'", shape="(2, 3)", data=bytes(24), order="False", version=(1, 0), header=None):
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}" if header is None else header
    before = 10 if version[0] == 1 else 12
    text = text.encode("latin1" if version[0] < 3 else "utf-8")
    text += b" " * (-(before + len(text) + 1) % 64) + b"\n"
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H" if version[0] == 1 else "<I", len(text)) + text + data


def npz(*members, packed=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        for name, content in members:
            file.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


for descr, size in SIZES.items():
    label = descr.strip("<>|").replace("[", "_").replace("]", "")
    told(f"{label}_is_good", npy(f"'{descr}'", data=bytes(6 * size)))
    told(f"{label}_short", npy(f"'{descr}'", data=bytes(6 * size - 1)), "NPY-005")
    told(f"{label}_long", npy(f"'{descr}'", data=bytes(6 * size + 1)), "NPY-006")
for shape, count in (("()", 1), ("(0,)", 0), ("(6,)", 6), ("(1, 2, 3)", 6), ("(3, 0, 2)", 0)):
    told(f"shape_{count}_{len(shape)}_is_good", npy(shape=shape, data=bytes(4 * count)))
for version in ((1, 0), (2, 0), (3, 0)):
    told(f"version_{version[0]}_is_good", npy(version=version))
for version in ((0, 0), (4, 0), (1, 1), (255, 0)):
    told(f"version_{version[0]}_{version[1]}", npy(version=version), "NPY-001")
told("fortran_order_is_good", npy(order="True"))
told("fields_are_good", npy("[('a', '<i4'), ('b', '<f8', (2,))]", "(2,)", bytes(40)))
for shape in ("(-1,)", "(2, -3)", "(18446744073709551616,)", "(4294967296, 4294967296)"):
    told(f"shape_{shape.strip('(),').replace(', ', '_')}", npy(shape=shape),
         "NPY-002" if len(shape) > 20 and shape.endswith("6,)") else "NPY-004")
for id, header in (("calls", "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}"),
                   ("no_shape", "{'descr': '<f4', 'fortran_order': False}"), ("list", "['<f4', False, (1,)]"),
                   ("nothing", ""), ("order_is_a_number", "{'descr': '<f4', 'fortran_order': 0, 'shape': (6,)}"),
                   ("more_keys", "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'more': 1}")):
    told("header_" + id, npy(header=header), "NPY-002")
told("objects_that_run", npy("'|O'", "(1,)", EVIL), "NPY-007", *RUNS)
told("npz_is_good", npz(("a.npy", npy()), ("b.npy", npy("'<i8'", "(2,)", bytes(16)))), name="a.npz")
told("npz_packed_is_good", npz(("a.npy", npy()), packed=True), name="a.npz")
told("npz_short", npz(("a.npy", npy(data=bytes(23)))), "NPY-005", name="a.npz")
told("npz_objects_that_run", npz(("a.npy", npy("'|O'", "(1,)", EVIL))), "NPY-007", *RUNS, name="a.npz")
told("npz_pickle_that_runs", npz(("a.npy", npy()), ("b", EVIL)), *RUNS, name="a.npz")
