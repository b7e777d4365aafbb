"""Files of a repository of git, by its own description of them (gitformat-*(5))."""

import hashlib
import io
import struct
import tarfile
import zipfile
import zlib

SHA = bytes(range(20))
HEX = SHA.hex()


def place(content):
    digest = hashlib.sha1(content).hexdigest()
    return f".git/objects/{digest[:2]}/{digest[2:]}"


def loose(kind, body, size=None, behind=b""):
    """{its place: an object as git keeps it before it packs}."""
    content = b"%s %d\0" % (kind, len(body) if size is None else size) + body
    return {place(content): zlib.compress(content, 1) + behind}


def stored(kind, body):
    """An object that is not made smaller: its content stands in the file as it is, from byte 7 on."""
    content = b"%s %d\0" % (kind, len(body)) + body
    return {place(content): zlib.compress(content, 0)}


def ending_as_zip(member, code):
    """A commit whose message ends as a zip; the sum of the object is the comment of the zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(member, code)
    return stored(b"commit", COMMIT + made.getvalue()[:-2] + b"\4\0")


def beginning_as_tar(members):
    """A commit whose first bytes are the name in the header of a tar; the message holds the rest."""
    rest = io.BytesIO()
    with tarfile.open(fileobj=rest, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    size = 512 + len(rest.getvalue()) - 7
    head = b"commit %d\0" % (size - len(b"commit %d\0" % size))
    name = struct.pack("<BBBHH", 0x78, 1, 1, size, size ^ 0xFFFF) + head + f"tree {HEX}\n".encode()
    header = bytearray(tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT))
    header[:len(name)] = name
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    content = bytes(header[7:]) + rest.getvalue()
    return {place(content): bytes(header[:7]) + content + struct.pack(">I", zlib.adler32(content))}


def tree(*names, mode=b"100644"):
    return b"".join(mode + b" " + name + b"\0" + SHA for name in names)


COMMIT = (f"tree {HEX}\nauthor A <a@x> 1700000000 +0000\ncommitter A <a@x> 1700000000 +0000\n\nfirst\n").encode()
TAG = (f"object {HEX}\ntype commit\ntag v1\ntagger A <a@x> 1700000000 +0000\n\nfirst\n").encode()


def index(*paths, version=2, digest=20, extensions=b""):
    entries = b""
    for path in paths:
        entry = bytes(24) + struct.pack(">I", 0o100644) + bytes(12) + bytes(digest) + struct.pack(">H", len(path))
        if version == 4:
            entries += entry + b"\0" + path + b"\0"
        else:
            entries += (entry + path).ljust((len(entry) + len(path)) // 8 * 8 + 8, b"\0")
    return b"DIRC" + struct.pack(">II", version, len(paths)) + entries + extensions + b"\x11" * digest


def extension(name, data):
    return name + struct.pack(">I", len(data)) + data


def packed(kind, body, base=b""):
    """One object: 3 is a blob, 6 and 7 what differs from the one that `base` leads to."""
    size, head = len(body) >> 4, [kind << 4 | len(body) & 15]
    while size:
        head[-1] |= 128
        head.append(size & 127)
        size >>= 7
    return bytes(head) + base + zlib.compress(body)


def pack(*objects, count=None, version=2):
    content = b"PACK" + struct.pack(">II", version, len(objects) if count is None else count) + b"".join(objects)
    return content + hashlib.sha1(content).digest()


def pack_index(count=2):
    return b"\377tOc\0\0\0\2" + struct.pack(">256I", *[count] * 256) + bytes(count * 28) + bytes(40)


def reverse(count=2):
    return b"RIDX" + struct.pack(">II", 1, 1) + bytes(4 * count) + bytes(40)


def graph():
    table = b"OIDF" + struct.pack(">Q", 8 + 24) + bytes(4) + struct.pack(">Q", 8 + 24 + 1024)
    return b"CGPH\1\1\1\0" + table + bytes(1024) + bytes(20)


def bitmap(objects=2, commits=1, flags=4, lookup=b""):
    """Which objects are of which kind, and to which each commit leads; a sum of each name."""
    bits = struct.pack(">II", objects, 1) + bytes(12)
    head = b"BITM\0\1" + struct.pack(">HI", 1 | flags, commits) + bytes(20)
    return head + 4 * bits + commits * (bytes(6) + bits) + lookup + bytes(4 * objects if flags & 4 else 0) + bytes(20)


def reftable(version=1):
    head = b"REFT" + bytes([version]) + bytes(3) + struct.pack(">QQ", 1, 2) + (b"sha1" if version == 2 else b"")
    foot = head + bytes(40)
    return head + b"r" + bytes(60) + foot + struct.pack(">I", zlib.crc32(foot))


LOG = f"{'0' * 40} {HEX} A B <a@x> 1700000000 +0100\tclone: from https://x/y\n".encode()
LFS_HOOK = (b"#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { printf >&2 \"\\n%s\\n\\n\" \"This repository is configured for Git "
            b"LFS but 'git-lfs' was not found on your path.\"; exit 2; }\ngit lfs pre-push \"$@\"\n")
