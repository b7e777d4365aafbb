"""The folder .git of a cloned model: what git keeps there is ordinary, what makes it run something is not."""

import zlib

import make_git as git
import severity
from cases_files import LFS
from corpus import case

CALL = b"\x80\x02cposix\nsystem\nX\4\0\0\0true\x85R."
RUNS = ("PKL-101", "PKL-201")


def told(id, files, *rules):
    case("git/" + id, verdict=severity.verdict(rules), rules=rules)(lambda: files)


# Objects: what a blob holds is looked at like a file of no name.
told("blob", git.loose(b"blob", b"some words\n"))
told("empty_blob", git.loose(b"blob", b""))
told("pointer", git.loose(b"blob", LFS))
told("settings", git.loose(b"blob", b'{"model_type": "llama"}'))
told("tree", git.loose(b"tree", git.tree(b"config.json", b"model.safetensors")))
told("empty_tree", git.loose(b"tree", b""))
told("commit", git.loose(b"commit", git.COMMIT))
told("tag", git.loose(b"tag", git.TAG))
told("submodule", {path.replace(".git/", ".git/modules/a/b/"): content for path, content in git.loose(b"blob", b"x\n").items()})
told("blob_with_pickle", git.loose(b"blob", CALL), *RUNS)
told("blob_with_code", git.loose(b"blob", b"import os\n\n\ndef f():\n    pass\n"), "COD-101")
told("blob_of_no_kind", git.loose(b"blob", b"\xc8\xc9\xca" * 9), "FIL-002")
told("blob_of_another_size", git.loose(b"blob", b"some words\n", size=12), "ARC-010", "FIL-002")
told("blob_with_zero_before_its_size", {git.place(b"x"): zlib.compress(b"blob 01\0a")}, "ARC-010", "FIL-002")
told("blob_of_no_size", {git.place(b"x"): zlib.compress(b"blob \0")}, "ARC-010", "FIL-002")
told("words_behind", git.loose(b"blob", b"some words\n", behind=b"words"), "ARC-012")
told("second_stream", git.loose(b"blob", b"some words\n", behind=zlib.compress(CALL)), "ARC-010", "FIL-002")
told("other_object", git.loose(b"evil", b"some words\n"), "ARC-010", "FIL-002")
told("tree_with_git", git.loose(b"tree", git.tree(b".GIT")), "ARC-010", "FIL-002")
told("tree_upwards", git.loose(b"tree", git.tree(b"..")), "ARC-010", "FIL-002")
told("tree_with_path", git.loose(b"tree", git.tree(b"a/b")), "ARC-010", "FIL-002")
told("tree_cut", git.loose(b"tree", git.tree(b"a")[:-1]), "ARC-010", "FIL-002")
told("commit_of_nothing", git.loose(b"commit", b"some words\n"), "ARC-010", "FIL-002")
told("zlib_pickle", {git.place(b"x"): zlib.compress(CALL)}, "ARC-010", *RUNS)
told("object_that_ends_as_zip", git.ending_as_zip("__main__.py", "import os\nos.system('id')\n"), "ZIP-001", "ZIP-039", "COD-101")
told("object_that_begins_as_tar", git.beginning_as_tar({name: CALL for name in ("storages", "tensors", "pickle")}), "ARC-010", "FIL-002")
told("object_that_is_stored", git.stored(b"commit", git.COMMIT))
told("object_elsewhere", {path[5:]: content for path, content in git.loose(b"blob", b"some words\n").items()}, "ARC-010", "FIL-002")
told("object_of_another_name", {".git/objects/ab/cd": zlib.compress(b"blob 2\0a\n")}, "ARC-010", "FIL-002")
told("object_as_weights", {".git/model.bin": zlib.compress(b"blob 2\0a\n")}, "ARC-010", "FIL-002")

# Tables and packs.
told("index", {".git/index": git.index(b"README.md", b"model.safetensors", extensions=git.extension(b"TREE", b"\0" * 9))})
told("index_4", {".git/index": git.index(b"README.md", version=4)})
told("index_sha256", {".git/index": git.index(b"README.md", b"a", digest=32)})
BLOB = git.packed(3, b"some words\n" * 30)
told("pack", {".git/objects/pack/pack-1.pack": git.pack(BLOB, git.packed(1, git.COMMIT), git.packed(2, git.tree(b"a"))), ".git/objects/pack/pack-1.idx": git.pack_index(),
              ".git/objects/pack/pack-1.rev": git.reverse(), ".git/objects/info/commit-graph": git.graph()})
told("pack_with_differences", {".git/objects/pack/a.pack": git.pack(BLOB, git.packed(6, b"xy", b"\x81\x02"), git.packed(7, b"z", git.SHA))},
     "COD-110")
told("pack_with_pointer", {".git/objects/pack/a.pack": git.pack(git.packed(3, LFS))})
told("pack_with_pickle", {".git/objects/pack/a.pack": git.pack(BLOB, git.packed(3, CALL))}, *RUNS)
told("pack_with_large_pickle", {".git/objects/pack/a.pack": git.pack(git.packed(3, CALL[:2] + b"N0" * (9 << 20) + CALL[2:]))}, *RUNS, "PKL-305")
told("pack_of_zeroes", {".git/objects/pack/a.pack": git.pack(git.packed(3, bytes(80 << 20)))}, "ARC-004")
told("pack_of_more", {".git/objects/pack/a.pack": git.pack(BLOB, count=2)}, "FIL-002")
told("pack_of_fewer", {".git/objects/pack/a.pack": git.pack(BLOB, BLOB, count=1)}, "FIL-002")
told("pack_of_none", {".git/objects/pack/a.pack": git.pack()}, "FIL-002")
told("pack_of_another_size", {".git/objects/pack/a.pack": git.pack(BLOB.replace(BLOB[:1], bytes([BLOB[0] ^ 1]), 1))}, "FIL-002")
told("pack_of_another_version", {".git/objects/pack/a.pack": git.pack(BLOB, version=4)}, "FIL-002")
told("pack_with_words", {".git/objects/pack/a.pack": git.pack(BLOB) + b"words"}, "FIL-002")
told("index_and_words", {".git/index": git.index(b"a") + b"words"}, "FIL-002")
told("index_of_a_device", {".git/index": git.index(b"a").replace(b"\0\0\x81\xa4", b"\0\0\x21\xa4")}, "FIL-002")
told("index_of_five", {".git/index": git.index(b"a", version=5)}, "FIL-002")
told("index_with_a_stranger", {".git/index": git.index(b"a", extensions=git.extension(b"EVIL", b"x"))}, "FIL-002")
told("index_elsewhere", {"index": git.index(b"a")}, "FIL-002")
told("pack_without_sum", {".git/objects/pack/a.pack": git.pack(BLOB)[:-20]}, "FIL-002")
told("pack_of_no_kind", {".git/objects/pack/a.pack": git.pack(git.packed(5, b"x"))}, "FIL-002")
told("pack_elsewhere", {"a.pack": git.pack(BLOB)}, "FIL-002")
told("pack_that_unpickles", {".git/objects/pack/a.pack": b"PACK\0\0\0\2\n0" + CALL[2:]}, *RUNS, "PKL-230", "PKL-305")
told("pack_index_cut", {".git/objects/pack/a.idx": git.pack_index()[:-1]}, "FIL-002")
told("pack_index_of_fewer", {".git/objects/pack/a.idx": git.pack_index()[:-32]}, "FIL-002")

# References and logs, which may be named like anything.
for name in ("main", "model.bin", "fix.py", "v1.0.sh"):
    told("reference_" + name, {".git/refs/heads/" + name: git.HEX.encode() + b"\n", ".git/logs/refs/heads/" + name: git.LOG})
told("reference_to_another", {".git/refs/remotes/origin/HEAD": b"ref: refs/remotes/origin/main\n"})
told("reference_with_code", {".git/refs/heads/fix.py": b"import os\n"}, "COD-101")
told("log_with_code", {".git/logs/refs/heads/fix.py": git.LOG + b"import os\n"}, "COD-102")
for id, words, said in (("merged", b"merge (#12)", {}), ("chained", b"fix; use it -> `x`", {"fix.sh": "COD-104"}),
                        ("braced", b"{{ a }}", {"fix.sh": "COD-104"})):
    for name in ("main", "fix.sh", "v1.pt", "model.gguf"):
        told(f"log_{id}_{name}", {".git/logs/refs/heads/" + name: git.LOG[:-1] + b" " + words + b"\n"},
             *[said[name]] if name in said else [])
told("reference_with_pickle", {".git/refs/heads/a": CALL}, *RUNS)

# Hooks.
told("sample", {".git/hooks/pre-commit.sample": b"#!/bin/sh\nexit 1\n"}, "COD-109")
told("sample_of_nothing", {".git/hooks/evil.sample": b"#!/bin/sh\nexit 1\n"}, "COD-104")
told("sample_elsewhere", {"pre-commit.sample": b"#!/bin/sh\nexit 1\n"}, "COD-104")
told("sample_with_pickle", {".git/hooks/pre-commit.sample": CALL}, *RUNS)
told("sample_program", {".git/hooks/pre-commit.sample": b"\x7fELF" + bytes(60)}, "COD-105")
told("hook", {".git/hooks/pre-commit": b"#!/bin/sh\nexit 1\n"}, "COD-104")
told("hook_of_a_submodule", {".git/modules/a/hooks/post-update": b"true\n"}, "COD-104")
told("hook_of_python", {".git/hooks/post-receive": b"#!/usr/bin/python3\nimport os\n"}, "COD-101")
told("hook_program", {".git/hooks/update": b"\x7fELF" + bytes(60)}, "COD-105")
told("hook_of_no_kind", {".git/hooks/update": b"\xc8\xc9\xca"}, "COD-104", "FIL-002")
told("hook_of_lfs", {".git/hooks/pre-push": git.LFS_HOOK}, "COD-109")
told("hook_of_lfs_and_more", {".git/hooks/pre-push": git.LFS_HOOK + b"id\n"}, "COD-104")
told("hook_of_lfs_with_a_command", {".git/hooks/pre-push": git.LFS_HOOK.replace(b"This", b"$(id)")}, "COD-104")
told("hook_of_lfs_of_another_name", {".git/hooks/pre-commit": git.LFS_HOOK}, "COD-104")

# Settings.
PLAIN = """[core]
\trepositoryformatversion = 0
\tfilemode = true
\tfsmonitor = true
[remote "origin"]
\turl = https://huggingface.co/me/model
\tfetch = +refs/heads/*:refs/remotes/origin/*
[branch "main"]
\tremote = origin
\tmerge = refs/heads/main
[lfs]
\trepositoryformatversion = 0
[filter "lfs"]
\tclean = git-lfs clean -- %f
\tsmudge = git-lfs smudge --skip -- %f
\tprocess = git-lfs filter-process
\trequired = true
[lfs "customtransfer.multipart"]
\tpath = huggingface-cli
\targs = lfs-multipart-upload
[credential]
\thelper = store --file ~/.x
[alias]
\tst = status -s
"""
told("config", {".git/config": PLAIN.encode()})
told("config_of_windows", {".git/config": PLAIN.replace("\n", "\r\n").encode()})
for id, text in (
        ("fsmonitor", "[core]\nfsmonitor = ./x\n"),
        ("same_line", "[core] fsmonitor = ./x"),
        ("capitals", "[CORE]\nSshCommand = x\n"),
        ("hooks_path", "[core]\n\thooksPath = ../hooks\n"),
        ("pager", "[core]\n\tpager = id\n"),
        ("pager_of_log", "[pager]\n\tlog = id\n"),
        ("editor", "[core]\n\teditor = id\n"),
        ("continued", "[core]\n\teditor = i\\\nd\n"),
        ("quoted", '[core]\n\teditor = "id # x"\n'),
        ("behind_comment", "# x\n[core] ; y\n\teditor = id\n"),
        ("filter", '[filter "lfs"]\n\tclean = evil\n'),
        ("filter_with_more", '[filter "lfs"]\n\tsmudge = \"git-lfs smudge -- %f; id\"\n'),
        ("filter_old_form", "[filter.lfs]\n\tprocess = git-lfs-evil\n"),
        ("alias", "[alias]\n\tst = !id\n"),
        ("alias_with_settings", "[alias]\n\tst = -c core.pager=id log\n"),
        ("credential", "[credential]\n\thelper = !id\n"),
        ("credential_path", '[credential "https://x"]\n\thelper = /tmp/x\n'),
        ("credential_shell", "[credential]\n\thelper = \"store; id\"\n"),
        ("include", "[include]\n\tpath = ../x\n"),
        ("include_if", '[includeIf "gitdir:/"]\n\tpath = ../x\n'),
        ("diff", '[diff "x"]\n\ttextconv = id\n'),
        ("merge", '[merge "x"]\n\tdriver = id\n'),
        ("ext", '[remote "origin"]\n\turl = ext::sh -c id\n'),
        ("instead", '[url "ext::sh -c id %S"]\n\tinsteadOf = https://x/\n'),
        ("protocol", '[protocol "ext"]\n\tallow = always\n'),
        ("transfer", '[lfs "customtransfer.multipart"]\n\tpath = ./x\n'),
        ("extension", '[lfs "extension.x"]\n\tsmudge = id\n'),
        ("upload_pack", '[remote "origin"]\n\tuploadpack = id\n')):
    told("config_" + id, {".git/config": text.encode()}, "COD-108")
told("config_worktree", {".git/config.worktree": b"[core]\n\teditor = id\n"}, "COD-108")
told("config_beside_head", {"x/config": b"[core]\n\tbare = true\n\tfsmonitor = id\n", "x/HEAD": b"ref: refs/heads/main\n"}, "COD-108")
told("config_behind_an_error", {".git/config": b"[core]\n= x\neditor = id\n"})
told("config_of_another", {"config": b"[default]\ncredential_process = id\n"})
told("modules", {".gitmodules": b'[submodule "a"]\n\tpath = a\n\turl = https://x/a\n'})
told("modules_update", {".gitmodules": b'[submodule "a"]\n\tupdate = !id\n'}, "COD-108")
told("modules_url", {".gitmodules": b'[submodule "a"]\n\turl = -x\n'}, "COD-108")
told("file", {"sub/.git": b"gitdir: ../.git/modules/sub\n", ".git/worktrees/a/commondir": b"../..\n"})
told("file_elsewhere", {"sub/.git": b"gitdir: ../notes\n"}, "COD-108")
told("common_elsewhere", {".git/commondir": b"../notes\n"}, "COD-108")

# Bitmaps beside packs, to their end.
told("bitmap", {".git/objects/pack/a.bitmap": git.bitmap()})
told("bitmap_without_sums", {".git/objects/pack/a.bitmap": git.bitmap(flags=0)})
told("bitmap_with_places", {".git/objects/pack/a.bitmap": git.bitmap(commits=3, flags=20, lookup=bytes(48))})
told("bitmap_and_words", {".git/objects/pack/a.bitmap": git.bitmap() + b"words and more"}, "FIL-002")
told("bitmap_of_more", {".git/objects/pack/a.bitmap": git.bitmap(lookup=bytes(48))}, "FIL-002")
told("bitmap_cut", {".git/objects/pack/a.bitmap": git.bitmap()[:-1]}, "FIL-002")
told("bitmap_mark_alone", {".git/objects/pack/a.bitmap": git.bitmap()[:12] + b"\xff" * 99}, "FIL-002")

# References in tables, of git 2.45.
TABLE = ".git/reftable/0x000000000001-0x000000000002-f1e2d3c4.ref"
for version in (1, 2):
    told(f"reftable_{version}", {TABLE: git.reftable(version), ".git/reftable/tables.list": TABLE[14:].encode() + b"\n",
                                 ".git/refs/heads": b"this repository uses the reftable format\n"})
told("reftable_of_another_version", {TABLE: git.reftable(3)}, "FIL-002")
told("reftable_and_words", {TABLE: git.reftable() + b"words"}, "FIL-002")
told("reftable_of_another_sum", {TABLE: git.reftable()[:-1] + b"x"}, "FIL-002")
told("reftable_elsewhere", {".git/x.ref": git.reftable()}, "FIL-002")

# What git keeps is that under the names that git has for it, and only as far as it is nothing else.
TEMPLATE = b"{{ cycler.__init__.__globals__.os.popen('id').read() }}"
EVIL = ("TPL-101", "TPL-105", "TPL-109")
told("reference_that_is_a_template", {".git/refs/chat_template.jinja": b"ref: refs/" + TEMPLATE + b"\n"}, *EVIL)
told("reference_with_a_command", {".git/refs/install.sh": b"ref: refs/x; id\n"}, "COD-104")
told("reference_with_a_command_and_no_name", {".git/refs/heads/x": b"ref: refs/x; id\n"})
told("references_two", {".git/refs/fix.py": 2 * (git.HEX.encode() + b"\n")}, "COD-102")
told("log_that_is_a_template", {".git/logs/chat_template.jinja": git.LOG[:-1] + TEMPLATE + b"\n"}, *EVIL, "TPL-202")
for id, text in (("command", b"; id"), ("pipe", b"| id"), ("substitution", b"$(id)"), ("quotes", b"`id`"), ("brackets", b"(e:'id':)"),
                 ("place", b"> x"), ("other", b"& id")):
    told("log_with_a_" + id, {".git/logs/refs/heads/setup.sh": git.LOG[:-1] + text + b"\n"}, "COD-104")
    told(f"log_with_a_{id}_and_no_name", {".git/logs/refs/heads/x": git.LOG[:-1] + text + b"\n", ".git/logs/HEAD": git.LOG[:-1] + text + b"\n"})
told("log_of_no_time", {".git/logs/setup.sh": git.LOG.replace(b" 1700000000", b"")}, "COD-104")
for name in ("model.bin", "fix.py", "v1.0.sh"):
    for text in (b"commit (initial): don't, or do", b"commit (merge): Merge branch 'x' into y", b"rebase (finish): refs/heads/x onto 1.0, [y] *"):
        told(f"log_{name}_{text[:12].decode()}", {".git/logs/refs/heads/" + name: git.LOG[:git.LOG.index(b"\t") + 1] + text + b"\n"})
told("branch_called_as_a_hook", {".git/refs/heads/hooks/update": git.HEX.encode() + b"\n", ".git/logs/refs/heads/hooks/update": git.LOG})
for name, table, *rules in (("reverse", git.reverse(40), "TPL-101", "TPL-105"), ("graph", git.graph(), "TPL-101", "TPL-105"),
                            ("index", git.index(b"a"), "TPL-302"), ("pack_index", git.pack_index(9), "TPL-302")):
    told(f"{name}_as_a_template", {".git/objects/pack/chat_template.jinja": table.replace(bytes(20), b"{{cycler.__init__}}\n", 1)}, *rules)
    told(f"{name}_as_a_script", {".git/x/setup.sh": table}, "COD-107")
    told(f"{name}_as_weights", {".git/objects/pack/model.bin": table}, "FIL-002")
told("index_for_a_moment", {".git/index.lock": git.index(b"a"), ".git/next-index-12.lock": git.index(b"a"), ".git/sharedindex." + git.HEX: git.index(b"a"),
                            ".git/worktrees/a/index": git.index(b"a")})
told("index_for_no_moment", {".git/next-index-x.py": git.index(b"a")}, "COD-102")
told("graphs_in_a_chain", {f".git/objects/info/commit-graphs/graph-{git.HEX}.graph": git.graph(),
                           ".git/objects/info/commit-graphs/commit-graph-chain": git.HEX.encode() + b"\n"})
