"""Zip archives: each rule of docs/formats/torch-zip.md broken and kept, and how scanners were passed by."""

import functools
import struct

import make_torch as torch
import make_zip as zips
from corpus import case
from make_zip import Member

NOTES = {"ZIP-006", "ZIP-039", "ZIP-043", "ZIP-044", "ZIP-045"}
INCONCLUSIVE = {"ZIP-021", "ZIP-022", "ZIP-023", "ZIP-028", "ZIP-036", "SYS-001"}
UNSUPPORTED = {"FIL-002", "FIL-003"}
EVIL = ("PKL-101", "PKL-201")  # of torch.EVIL


def verdict_of(rules):
    rules = set(rules) - NOTES
    if rules - INCONCLUSIVE - UNSUPPORTED:
        return "findings"
    if rules & INCONCLUSIVE:
        return "inconclusive"
    return "unsupported" if rules else "clean"


def zipped(id, make, *rules, covers="", name="model.pt", arguments=(), verdict=None):
    case("zip/" + id, verdict=verdict or verdict_of(rules), rules=rules, name=name, covers=covers,
         arguments=arguments)(make)


def changed(id, record, rules, covers="", **fields):
    """A checkpoint of which one record's member has other fields."""
    zipped(id, functools.partial(torch.changed, record, **fields), *rules, covers=covers)


# Checkpoints as torch.save writes them.
zipped("ordinary", torch.checkpoint, covers="Z6")
zipped("before_2_1", lambda: zips.write(zips.aligned(
    [("data.pkl", torch.state_dict(torch.TENSORS)),
     *((f"data/{i}", c) for i, c in enumerate(torch.contents())), ("version", b"3\n")]), zip64=True))
zipped("no_tensors", lambda: torch.checkpoint(()))
zipped("other_folder", lambda: zips.write(zips.aligned(torch.records(), folder="pytorch_model"), zip64=True),
       covers="Z2")
zipped("many_tensors", lambda: torch.checkpoint([(f"layers.{i}.weight", "BFloat16", [2, 3]) for i in range(300)]))
zipped("shared_storage", lambda: torch.checkpoint([("part", "Float", [2, 2], 4)]))
zipped("zip64_descriptors", lambda: zips.write(
    zips.aligned(torch.records(), zip64_members=("data/0", "data/2")), zip64=True))
zipped("without_zip64", lambda: zips.write(torch.members()))
zipped("saturated_end_record", lambda: torch.checkpoint(
    entries=zips.FULL16, entries_here=zips.FULL16, size=zips.FULL32, offset=zips.FULL32))
zipped("zip64_entry", lambda: torch.changed(
    "data.pkl", central={"size": zips.FULL32, "packed_size": zips.FULL32, "extra": struct.pack(
        "<HHQQ", 1, 16, len(torch.state_dict(torch.TENSORS)), len(torch.state_dict(torch.TENSORS)))}))
zipped("capitals", lambda: zips.write(zips.aligned(
    [(r.upper() if r == "data.pkl" else r, c) for r, c in torch.records()]), zip64=True), covers="Z3")
zipped("evil_pickle", lambda: torch.checkpoint(data=torch.EVIL), *EVIL, "ZIP-043")
zipped("evil_pickle_in_capitals", lambda: zips.write(zips.aligned(
    [("DATA.PKL", torch.EVIL), ("version", b"3\n")]), zip64=True), *EVIL, covers="Z3")
zipped("evil_pickle_named_bin", lambda: torch.checkpoint((), torch.EVIL), *EVIL, name="pytorch_model.bin",
       covers="GHSA-jgw4-cr84-mqxg")
zipped("evil_pickle_named_json", lambda: torch.checkpoint((), torch.EVIL), *EVIL, "FIL-001", name="config.json",
       covers="GHSA-769v-p64c-89pr")
zipped("deflated", lambda: zips.write(
    [Member("archive/" + r, c, method=zips.DEFLATED) for r, c in torch.records()]), "ZIP-006", covers="Z6")
zipped("deflated_evil", lambda: zips.write(
    [Member("archive/data.pkl", torch.EVIL, method=zips.DEFLATED), Member("archive/version", b"3\n")]),
    "ZIP-006", *EVIL, covers="Z6")

# Z1, Z7: bytes around the archive.
zipped("prepended", lambda: zips.write(torch.members(), prefix=b"\0" * 16), "ZIP-001", covers="Z1")
zipped("first_member_is_not_first", lambda: zips.write(
    torch.members(), prefix=zips.local_header(Member("a/x", b"12")) + b"12"), "ZIP-026", covers="Z1")
zipped("trailing", lambda: torch.checkpoint(tail=b"#!/bin/sh\n"), "ZIP-007", covers="Z7")
zipped("trailing_60_kib", lambda: torch.checkpoint(tail=b"\0" * 61440), "ZIP-007", covers="Z7")
zipped("trailing_100_kb", lambda: torch.checkpoint(tail=b"\0" * 100_000), "ZIP-021", covers="Z7")
zipped("comment", lambda: torch.checkpoint(comment=b"made by hand"), "ZIP-039")
zipped("comment_too_long", lambda: torch.checkpoint(comment_size=99), "ZIP-029")
zipped("archive_in_comment", lambda: torch.checkpoint(comment=zips.write([Member("a/data.pkl", torch.EVIL)])),
       "ZIP-026", "ZIP-029", "ZIP-001", *EVIL, "ZIP-002")

# Z2, Z8, Z9: what is in the folder.
zipped("no_version", lambda: zips.write([Member("a/data.pkl", torch.state_dict(()))]), "ZIP-002", covers="Z2")
zipped("version_of_the_future", lambda: zips.write(
    [Member("a/data.pkl", torch.state_dict(())), Member("a/version", b"99\n")]), "ZIP-002", covers="Z2")
zipped("newer_version_record", lambda: zips.write(
    [Member("a/data.pkl", torch.state_dict(())), Member("a/.data/version", b"10\n")]), covers="Z2")
zipped("version_is_a_pickle", lambda: zips.write(
    [Member("a/data.pkl", torch.state_dict(())), Member("a/version", torch.EVIL)]), "ZIP-002", "ZIP-009", *EVIL,
    covers="Z2 Z9")
zipped("byteorder_middle", lambda: zips.write(
    [Member("a/data.pkl", torch.state_dict(())), Member("a/version", b"3\n"), Member("a/byteorder", b"middle")]),
    "ZIP-002", covers="Z2")
zipped("data_in_another_folder", lambda: zips.write(
    [Member("a/version", b"3\n"), Member("b/data.pkl", torch.EVIL)]), "ZIP-002", "ZIP-009", *EVIL, covers="Z2")
zipped("no_folder", lambda: zips.write([Member("version", b"3\n"), Member("data.pkl", torch.state_dict(()))]),
       "ZIP-002", covers="Z2")
zipped("torchscript", lambda: torch.checkpoint((), extra=[
    ("constants.pkl", b"\x80\x02)."), ("code/__torch__.py", b"# TorchScript\nclass M(Module):\n  pass\n")]),
    "ZIP-008", "ZIP-009", "COD-101", covers="Z8")
zipped("constants_in_capitals", lambda: torch.checkpoint((), extra=[("CONSTANTS.PKL", b"\x80\x02).")]),
       "ZIP-008", "ZIP-009", covers="Z8")
zipped("second_pickle", lambda: torch.checkpoint((), extra=[("extra.pkl", torch.EVIL)]), "ZIP-009", *EVIL,
       covers="Z9")
zipped("second_pickle_without_ending", lambda: torch.checkpoint((), extra=[("data/7", torch.EVIL)]), "ZIP-009",
       *EVIL, covers="Z9")
zipped("elf", lambda: torch.checkpoint((), extra=[("lib.so", b"\x7fELF\x02\x01\x01" + bytes(60))]), "ZIP-009",
       "COD-105", covers="Z9")
zipped("text", lambda: torch.checkpoint((), extra=[("README.txt", b"Weights of a small model.\n")]), "ZIP-044",
       covers="Z9")
zipped("nested_zip", lambda: torch.checkpoint((), extra=[("more.zip", torch.checkpoint((), torch.EVIL))]),
       "ZIP-009", *EVIL, covers="Z9")

# Storages.
zipped("storage_absent", lambda: zips.write(
    [m for m in torch.members() if m.name != "archive/data/1"], zip64=True), "ZIP-040")
zipped("storage_in_capitals", lambda: zips.write(zips.aligned(
    [(r.replace("data/", "DATA/"), c) for r, c in torch.records()]), zip64=True), covers="Z3")
zipped("storage_short", lambda: zips.write(zips.aligned(
    [(r, c[:-4] if r == "data/0" else c) for r, c in torch.records()]), zip64=True), "ZIP-041",
    covers="CVE-2026-24747")
zipped("storage_shorter_than_stated", lambda: torch.checkpoint([("a", "Float", [4], 400)]), "ZIP-041",
       covers="CVE-2026-24747")
zipped("storage_long", lambda: zips.write(zips.aligned(
    [(r, c + b"1234" if r == "data/0" else c) for r, c in torch.records()]), zip64=True), "ZIP-042")
zipped("storage_unused", lambda: torch.checkpoint(extra=[("data/9", b"\0\1\2\3" * 64)]), "ZIP-043")
zipped("storage_is_read_for_another", lambda: torch.changed("data/1", central={"offset": 0}),
       "ZIP-005", "ZIP-025", "ZIP-026")

# Z3, Z7: names twice.
zipped("folded_twice", lambda: torch.checkpoint((), extra=[("DATA.PKL", torch.EVIL)]), "ZIP-003", "ZIP-009",
       *EVIL, covers="Z3")
zipped("twice", lambda: torch.checkpoint((), extra=[("data.pkl", torch.EVIL)]), "ZIP-020", "ZIP-009", *EVIL,
       covers="Z7")
zipped("twice_evil_first", lambda: zips.write(zips.aligned(
    [("data.pkl", torch.EVIL), *torch.records(())]), zip64=True), "ZIP-020", "ZIP-009", *EVIL, covers="Z7")
zipped("turkish_i_is_no_i", lambda: zips.write(
    [Member("archive/\u0130.txt", b"one\n"), Member("archive/i.txt", b"two\n")]), name="texts.zip")

# Z4, Z5: what scanners stopped at.
changed("crc_of_pickle", "data.pkl", ["ZIP-004"], crc=1, descriptor=struct.pack(
    "<IIII", zips.DESCRIPTOR, 1, *[len(torch.state_dict(torch.TENSORS))] * 2), covers="Z4 GHSA-mjqp-26hc-grxg")
zipped("crc_of_evil_pickle", lambda: zips.write(
    [Member("a/data.pkl", torch.EVIL, crc=0x12345678), Member("a/version", b"3\n")]), "ZIP-004", *EVIL,
    covers="Z4 GHSA-mjqp-26hc-grxg")
zipped("crc_of_storage_is_not_read", lambda: zips.write(
    [Member("archive/" + r, c, crc=7 if r == "data/0" else None) for r, c in torch.records()]), covers="Z4")
zipped("crc_of_storage_looked_for", lambda: zips.write(
    [Member("archive/" + r, c, crc=7 if r == "data/0" else None) for r, c in torch.records()]), "ZIP-004",
    covers="Z4", arguments=("--read-data",))
zipped("ordinary_with_data", torch.checkpoint, covers="Z4", arguments=("--read-data",))
zipped("crc_of_version", lambda: zips.write(
    [Member("archive/" + r, c, crc=7 if r == "version" else None) for r, c in torch.records()]), "ZIP-004",
    covers="Z4")
changed("local_name", "data.pkl", ["ZIP-005"], local={"name": "archive/data.txt"}, covers="Z5 GHSA-7q5r-7gvp-wc82")
zipped("local_name_of_evil", lambda: zips.write(
    [Member("a/data.pkl", torch.EVIL, local={"name": "a/data.txt"}), Member("a/version", b"3\n")]),
    "ZIP-005", *EVIL, covers="Z5 GHSA-7q5r-7gvp-wc82")
zipped("local_encrypted_flag", lambda: zips.write(
    [Member("a/data.pkl", torch.EVIL, local={"flags": 1}), Member("a/version", b"3\n")]), "ZIP-005", *EVIL,
    covers="Z5 GHSA-w8jq-xcqf-f792")
changed("local_method", "data.pkl", ["ZIP-005"], local={"method": zips.DEFLATED}, covers="Z5")
changed("local_size", "data/0", ["ZIP-005"], local={"size": 9}, covers="Z5")
changed("local_crc", "data/0", ["ZIP-005"], local={"crc": 9}, covers="Z5")
changed("descriptor_differs", "data/0", ["ZIP-005", "ZIP-027"],
        descriptor=struct.pack("<IIII", zips.DESCRIPTOR, 1, 128, 128), covers="Z5")
changed("encrypted", "data.pkl", ["ZIP-022", "ZIP-005"], central={"flags": 0x0809}, covers="Z5")
zipped("encrypted_everywhere", lambda: zips.write(
    [Member("a/data.pkl", torch.EVIL, flags=1), Member("a/version", b"3\n")]), "ZIP-022", covers="Z5")
zipped("strong_encryption", lambda: zips.write(
    [Member("a/data.pkl", torch.EVIL, flags=0x41), Member("a/version", b"3\n")]), "ZIP-022")
zipped("method_bzip2", lambda: zips.write(
    [Member("a/data.pkl", b"BZh9", method=12), Member("a/version", b"3\n")]), "ZIP-023")
zipped("patch_data", lambda: zips.write(
    [Member("a/data.pkl", torch.EVIL, flags=0x20), Member("a/version", b"3\n")]), "ZIP-023")

# Where members lie.
changed("header_elsewhere", "data/1", ["ZIP-024", "ZIP-026"], central={"offset": 3})
changed("header_beyond_the_file", "data/1", ["ZIP-024", "ZIP-026"], central={"offset": 0x7FFFFFFF})
zipped("into_the_directory", lambda: zips.write(
    [Member("a/x.txt", b"text\n", size=80, packed_size=80)]), "ZIP-024", "ZIP-004", "FIL-002", name="a.zip")
zipped("beyond_the_file", lambda: zips.write(
    [Member("a/x.txt", b"text\n", size=1 << 20, packed_size=1 << 20)]), "ZIP-024", "ZIP-033", "FIL-002", name="a.zip")
zipped("overlap", lambda: zips.write([
    Member("a/x.txt", b"text\n" * 20), Member("a/y.txt", b"text\n" * 20, central={"offset": 0})]),
    "ZIP-005", "ZIP-025", "ZIP-026", name="a.zip")
zipped("hidden_member", lambda: zips.write(torch.members(), zip64=True, between=zips.local_header(
    Member("archive/data.pkl", torch.EVIL)) + torch.EVIL), "ZIP-026")
zipped("listed_no_more", lambda: zips.write(torch.members(), zip64=False, directory=lambda entries: entries[:-1],
                                            entries=8), "ZIP-026")
zipped("gap", lambda: zips.write(torch.members(), zip64=True, between=b"left over"), "ZIP-027")
zipped("broken_directory", lambda: torch.checkpoint(
    directory=lambda entries: [entries[0], b"PK\1\3" + entries[1][4:], *entries[2:]]),
    "ZIP-021", "ZIP-029", "ZIP-026", "ZIP-040", "ZIP-002")
zipped("no_end_record", lambda: zips.write(torch.members())[:-22], "ZIP-021")
zipped("only_a_header", lambda: b"PK\3\4", "ZIP-021")
zipped("count_too_small", lambda: zips.write(torch.members(), entries=2), "ZIP-029")
zipped("count_too_large", lambda: zips.write(torch.members(), entries=20), "ZIP-029")
zipped("several_disks", lambda: zips.write(torch.members(), disk=1), "ZIP-029")
zipped("zip64_disagrees", lambda: torch.checkpoint(entries=3), "ZIP-029")
zipped("directory_behind_directory", lambda: zips.write(torch.members(), behind_directory=zips.central_header(
    Member("archive/data.pkl", torch.EVIL), 0)), "ZIP-029")
zipped("absurd_count", lambda: zips.write(torch.members(), behind_directory=zips.end_record64(
    1 << 33, 0, 0, 0, located=0)), "ZIP-028")
zipped("huge_directory", lambda: zips.write(torch.members(), size=0x7FFFFFFF), "ZIP-028")

# Names and kinds.
zipped("traversal", lambda: zips.write([Member("a/../../.bashrc", b"alias\n")]), "COD-107", "ZIP-030", name="a.zip")
zipped("absolute", lambda: zips.write([Member("/etc/motd.txt", b"hello\n")]), "ZIP-030", name="a.zip")
zipped("drive", lambda: zips.write([Member("C:/motd.txt", b"hello\n")]), "ZIP-030", name="a.zip")
zipped("backslashes", lambda: zips.write([Member("a\\..\\..\\motd.txt", b"hello\n")]), "ZIP-030", "ZIP-031",
       name="a.zip")
zipped("dots_in_names", lambda: zips.write([Member("a/..b/c...txt", b"hello\n")]), name="a.zip")
zipped("nul_in_name", lambda: zips.write([Member("a/motd.txt\0.pkl", b"hello\n")]), "ZIP-031", name="a.zip")
zipped("escape_in_name", lambda: zips.write([Member("a/\x1b[2Jmotd.txt", b"hello\n")]), "ZIP-031", name="a.zip")
zipped("symbolic_link", lambda: zips.write(
    [Member("a/link.txt", b"/etc/passwd", central={"made_by": 0x0314, "attributes": 0o120777 << 16})]), "ZIP-032",
    name="a.zip")
zipped("unix_file", lambda: zips.write(
    [Member("a/file.txt", b"hello\n", central={"made_by": 0x0314, "attributes": 0o100644 << 16})]), name="a.zip")
zipped("directory_entry", lambda: zips.write([Member("a/"), Member("a/file.txt", b"hello\n")]), name="a.zip")
zipped("directory_with_bytes", lambda: zips.write([Member("a/b/", torch.EVIL)]), "ZIP-037", *EVIL, name="a.zip")
changed("pickle_is_a_directory", "data.pkl", ["ZIP-037"], central={"attributes": 0x10})

# Sizes.
changed("two_sizes", "data.pkl", ["ZIP-038", "ZIP-005", "ZIP-027", "ZIP-033"], central={"size": 40})
zipped("inflates_to_more", lambda: zips.write(
    [Member("a/x.txt", b"hello\n" * 9, method=8, size=10)]), "ZIP-033", "ZIP-036", name="a.zip")
zipped("inflates_to_less", lambda: zips.write(
    [Member("a/x.txt", b"hello\n" * 9, method=8, size=1000)]), "ZIP-033", name="a.zip")
zipped("grows", lambda: zips.write([Member("a/x.txt", b"\n" * (8 << 20), method=8)]), name="a.zip")
zipped("bomb_of_several", lambda: zips.write([
    Member(f"a/{i}.txt", b"\n" * (1 << 20), method=8, size=60 << 20) for i in range(5)]), "ZIP-033", "ZIP-034", "CFG-302", name="a.zip")
zipped("bomb", lambda: zips.write([Member("a/x.txt", b"\n" * (8 << 20), method=8, size=3 << 30)]), "ZIP-034", name="a.zip")
zipped("a_mebibyte_of_nothing", lambda: zips.write([Member("a/x.txt", b"\n" * (1 << 20), method=8)]), name="a.zip")
zipped("deflate_broken", lambda: zips.write(
    [Member("a/x.txt", b"hello\n" * 9, method=8, packed=b"\xff\xff\xff\xff")]), "ZIP-036", "SYS-001",
    name="a.zip")
zipped("deflate_cut", lambda: zips.write(
    [Member("a/x.txt", b"hello\n" * 9, method=8, packed=zips.deflate(bytes(range(200)))[:20])]), "ZIP-036",
    "SYS-001", name="a.zip")
zipped("empty", lambda: zips.write([]), name="a.zip")
