"""PyTorch's zip container, row by row (Z1 to Z11): cases written from the rules alone.

Whoever wrote them had not read the scanner. The writer here is its own, of struct and zlib.
"""

import struct
import zlib

import severity
from corpus import case

# What a state dict of one tensor of four floats looks like, and what runs a program.
DICT = (
    b"\x80\2}q\0(X\1\0\0\0wq\1ctorch._utils\n_rebuild_tensor_v2\nq\2((X\7\0\0\0storageq\3ctorch\nFloatStorage\nq\4"
    b"X\1\0\0\x000q\5X\3\0\0\0cpuq\6K\4tq\7QK\0K\4\x85q\x08K\1\x85q\x09\x89ccollections\nOrderedDict\nq\n)Rq\x0btq\x0cRq\x0d"
    b"u.")
EVIL = b"\x80\2cposix\nsystem\nX\4\0\0\0true\x85R."
RUNS = ("PKL-101", "PKL-201")
ELF = b"\x7fELF\2\1\1\0" + bytes(8) + struct.pack("<HHI", 3, 62, 1) + bytes(200)


def pt(id, content, *rules, name="model.pt", covers="", gap=""):
    case("blind/z/" + id,
         verdict=severity.verdict(rules),
         rules=rules,
         name=name,
         covers=covers or "Z" + id.split("_")[0],
         gap=gap)(lambda: content)


class Record:
    """A member; the local header and the central one may be told apart from each other."""

    def __init__(self, name, content=b"", packed=False, **other):
        self.name, self.content = name.encode() if isinstance(name, str) else name, content
        self.method = 8 if packed else 0
        if packed:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            self.stored = packer.compress(content) + packer.flush()
        else:
            self.stored = content
        self.fields = {
            "name": self.name, "flags": 0, "method": self.method, "crc": zlib.crc32(content),
            "packed": len(self.stored), "size": len(content), "attributes": 0, "made_by": 0
        }
        self.local = {key[6:]: value for key, value in other.items() if key.startswith("local_")}
        self.central = {key[8:]: value for key, value in other.items() if key.startswith("central_")}
        both = {key: value for key, value in other.items() if not key.startswith(("local_", "central_"))}
        self.local, self.central = {**both, **self.local}, {**both, **self.central}


def archive(records, before=b"", comment=b"", count=None, tail=b""):
    body, directory = before, b""
    for record in records:
        at = len(body)
        f = {**record.fields, **record.local}
        body += b"PK\3\4" + struct.pack("<5H3I2H", 20, f["flags"], f["method"], 0, 0, f["crc"], f["packed"], f["size"],
                                        len(f["name"]), 0) + f["name"] + record.stored
        f = {**record.fields, **record.central}
        directory += b"PK\1\2" + struct.pack("<6H3I5H2I", f["made_by"], 20, f["flags"], f["method"], 0, 0, f["crc"],
                                             f["packed"], f["size"], len(f["name"]), 0, 0, 0, 0, f["attributes"],
                                             f.get("at", at)) + f["name"]
    count = len(records) if count is None else count
    return body + directory + b"PK\5\6" + struct.pack("<4H2IH", 0, 0, count, count, len(directory), len(body), len(comment)) + \
        comment + tail


def records(data=DICT, folder="archive", storage=bytes(16), **other):
    """`other` are fields of data.pkl."""
    return [
        Record(f"{folder}/data.pkl", data, **other),
        Record(f"{folder}/byteorder", b"little"),
        Record(f"{folder}/data/0", storage),
        Record(f"{folder}/version", b"3\n")
    ]


def model(*more, data=DICT, storage=bytes(16), folder="archive", fields=None, **options):
    return archive(records(data, folder, storage, **(fields or {})) + list(more), **options)


pt("0_is_good", model())
for name in ("x", "weights", "model.bin", "model.pth", "a.ckpt"):
    pt("0_is_good_as_" + name.replace(".", "_"), model(), name=name)
    pt("0_runs_as_" + name.replace(".", "_"), model(data=EVIL), *RUNS, "ZIP-043", name=name)

# Z1, Z7: before and behind.
for name, before in (("newline", b"\n"), ("page", bytes(512)), ("script", b"#!/bin/sh\nexit\n")):
    pt("1_before_" + name, model(before=before), "ZIP-001")
for name, tail in (("byte", b"\0"), ("hundred", b"x" * 100), ("60000", bytes(60_000))):
    pt("7_behind_" + name, model(tail=tail), "ZIP-007")
pt("7_comment", model(comment=b"made by hand"), "ZIP-039")

# Z2: the folder of the first record, and what it must hold.
for folder in ("a", "model", "checkpoint-1", "x.y", "\u00e9"):
    pt("2_folder_" + folder.replace("\u00e9", "e"), model(folder=folder))
pt("2_no_version", archive(records()[:-1]), "ZIP-002")
pt("2_data_in_another_folder", archive([Record("b/version", b"3\n"), *records()[:-1]]), "ZIP-002", "ZIP-009", "ZIP-044",
   "FIL-002")
pt("2_no_storage", archive([records()[0], records()[3]]), "ZIP-040")
pt("2_storage_short", model(storage=bytes(15)), "ZIP-041")
pt("2_storage_empty", model(storage=b""), "ZIP-041")
pt("2_storage_long", model(storage=bytes(20)), "ZIP-042")
pt("2_storage_that_nothing_uses", model(Record("archive/data/1", bytes(4))), "ZIP-043")

# Z3: names by case.
pt("3_data_in_capitals_is_read", archive([Record("archive/DATA.PKL", EVIL), *records()[1:]]), *RUNS, "ZIP-043")
pt("3_both_cases", model(Record("archive/DATA.PKL", DICT)), "ZIP-003", "ZIP-009")
pt("3_both_cases_one_runs", model(Record("archive/Data.pkl", EVIL)), "ZIP-003", "ZIP-009", *RUNS, covers="Z3, Z9")
pt("3_storages_by_case", model(Record("archive/DATA/0", bytes(16))), "ZIP-003", "ZIP-044", "FIL-002")
pt("3_version_by_case", model(Record("archive/VERSION", b"3\n")), "ZIP-003", "ZIP-044")

# Z4: checksums.
for crc in (0, 1, 0xFFFFFFFF, zlib.crc32(DICT) ^ 1):
    pt(f"4_data_{crc:08x}", model(fields={"crc": crc}), "ZIP-004")
pt("4_data_runs_all_the_same", model(data=EVIL, fields={"crc": 5}), "ZIP-004", *RUNS, "ZIP-043")
pt("4_version", archive([*records()[:-1], Record("archive/version", b"3\n", crc=7)]), "ZIP-004")

# Z5: the local header against the directory.
for name, fields in (("name", {"local_name": b"archive/data.txt"}), ("name_by_case",
                                                                     {"local_name": b"archive/Data.pkl"}),
                     ("name_longer", {"local_name": b"archive/data.pklx"}), ("encrypted", {"local_flags": 1}),
                     ("method", {"local_method": 8}), ("crc", {"local_crc": 9}), ("size", {"local_size": 3}),
                     ("packed_size", {"local_packed": 3}), ("utf8_flag", {"local_flags": 0x800})):
    pt("5_local_" + name,
       model(fields=fields),
       "ZIP-005",
       gap="a local flag that only the meaning of letters hangs on is not compared" if name == "utf8_flag" else "")
    if name != "utf8_flag":
        pt(f"5_local_{name}_runs", model(data=EVIL, fields=fields), "ZIP-005", *RUNS, "ZIP-043")
pt("5_encrypted_in_the_directory", model(fields={"central_flags": 1}), "ZIP-005", "ZIP-022")
pt("5_encrypted_in_both", model(fields={"flags": 1}), "ZIP-022")

# Z6: deflated.
for which in range(4):
    packed = [Record(r.name, r.content, packed=i == which) for i, r in enumerate(records())]
    pt(f"6_record_{which}", archive(packed), "ZIP-006")
pt("6_all", archive([Record(r.name, r.content, packed=True) for r in records()]), "ZIP-006")
pt("6_runs", archive([Record("archive/data.pkl", EVIL, packed=True), *records()[1:]]), "ZIP-006", *RUNS, "ZIP-043")
for method in (1, 9, 12, 14, 93, 95, 99):
    pt(f"6_method_{method}", model(fields={"method": method}), "ZIP-023")

# Z7: a name twice.
pt("7_data_twice", model(Record("archive/data.pkl", DICT)), "ZIP-020", "ZIP-009")
pt("7_data_twice_second_runs", model(Record("archive/data.pkl", EVIL)), "ZIP-020", "ZIP-009", *RUNS)
pt("7_data_twice_first_runs", archive([Record("archive/data.pkl", EVIL), *records()]), "ZIP-020", "ZIP-009", "ZIP-043",
   *RUNS)
pt("7_version_twice", model(Record("archive/version", b"3\n")), "ZIP-020", "ZIP-044")

# Z8: TorchScript.
pt("8_constants", model(Record("archive/constants.pkl", b"\x80\2).")), "ZIP-008", "ZIP-009")
pt("8_constants_by_case", model(Record("archive/CONSTANTS.PKL", b"\x80\2).")), "ZIP-008", "ZIP-009")

# Z9: what else is in there.
pt("9_pickle_that_runs", model(Record("archive/extra", EVIL)), "ZIP-009", *RUNS)
pt("9_pickle_that_runs_outside", model(Record("other/extra.txt", EVIL)), "ZIP-009", "ZIP-002", "FIL-001", *RUNS)
pt("9_python", model(Record("archive/code.py", b"import os\n")), "ZIP-009", "COD-101", covers="Z9")
pt("9_native", model(Record("archive/lib.so", ELF)), "ZIP-009", "COD-105", covers="Z9")
pt("9_native_without_an_ending", model(Record("archive/notes", ELF)), "ZIP-009", "COD-105")
pt("9_zip", model(Record("archive/inner", archive([Record("x", b"1")]))), "ZIP-009", covers="Z9")
pt("9_words", model(Record("archive/notes.txt", b"only words\n")), "ZIP-044")

# Z10: other containers under a model's name.
for name, content in (("7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(24)), ("gzip", zlib.compress(EVIL, 9, 31)),
                      ("xz", b"\xfd7zXZ\0\0\4" + bytes(20)), ("zstd", b"\x28\xb5\x2f\xfd" + bytes(12)),
                      ("bzip2", b"BZh91AY&SY" + bytes(12))):
    if name == "gzip":
        pt("10_gzip_that_runs", content, "ARC-010", *RUNS)
    else:
        pt("10_broken_" + name, content, "ARC-010", *([] if name == "7z" else ["ARC-007"]))
pt("10_gzip_of_a_model", zlib.compress(model(), 9, 31), "ARC-010")

# Z11: the form before zip.
MAGIC, PROTOCOL = b"\x80\2\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", b"\x80\2M\xe9\3."
INFO = (b"\x80\2}q\0(X\x10\0\0\0protocol_versionq\1M\xe9\3X\x0d\0\0\0little_endianq\2\x88X\n\0\0\0type_sizesq\3}q\4"
        b"(X\5\0\0\0shortq\5K\2X\3\0\0\0intq\6K\4X\4\0\0\0longq\7K\4uu.")
OBJECT = DICT.replace(b"K\4tq\7Q", b"K\4Ntq\7Q")
KEYS = b"\x80\2]q\0X\1\0\0\x000q\1a."
STORAGE = struct.pack("<q", 4) + bytes(16)


def legacy(magic=MAGIC, protocol=PROTOCOL, info=INFO, body=OBJECT, keys=KEYS, storage=STORAGE):
    return magic + protocol + info + body + keys + storage


pt("11_is_good", legacy())
pt("11_magic_is_called", legacy(magic=b"\x80\2cbuiltins\neval\nX\4\0\0\x00 1+1\x85R."), *RUNS, "PKL-320")
pt("11_magic_of_another_number", legacy(magic=b"\x80\2\x8a\nl\xfc\x9cF\xf9 j\xa8P\x18."), "PKL-320", covers="Z11")
pt("11_protocol_1002", legacy(protocol=b"\x80\2M\xea\3."), "PKL-321")
pt("11_protocol_runs", legacy(protocol=EVIL), *RUNS, "PKL-321")
pt("11_info_is_a_list", legacy(info=b"\x80\2]."), "PKL-321")
pt("11_info_runs", legacy(info=EVIL), *RUNS, "PKL-321")
pt("11_object_runs", legacy(body=EVIL), *RUNS, "PKL-322")
pt("11_keys_run", legacy(keys=EVIL), *RUNS, "PKL-322")
pt("11_other_key", legacy(keys=KEYS.replace(b"0", b"1")), "PKL-322")
pt("11_no_key", legacy(keys=b"\x80\2].", storage=b""), "PKL-322")
pt("11_storage_count_less", legacy(storage=struct.pack("<q", 3) + bytes(12)), "PKL-323")
pt("11_storage_count_negative", legacy(storage=struct.pack("<q", -1) + bytes(16)), "PKL-323")
pt("11_storage_cut", legacy(storage=STORAGE[:-1]), "PKL-323")
pt("11_storage_missing", legacy(storage=b""), "PKL-323")
pt("11_bytes_behind", legacy() + b"tail", "PKL-323")
for cut, rules in ((3, ["PKL-302"]), (10, ["PKL-302"])):
    pt(f"11_cut_at_{cut}", legacy()[:cut], *rules)
