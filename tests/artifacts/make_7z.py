"""7z archives with one packed stream (7zFormat.txt of the 7-Zip sources, 2026-11), and zstd frames of raw
blocks (RFC 8878): what Python's library cannot write."""

import lzma
import struct
import zlib

LZMA = b"\x03\x01\x01"


def number(value):
    """A NUMBER: the first byte says by its high bits how many bytes follow."""
    if value < 0x80:
        return bytes([value])
    for extra in range(1, 9):
        if value < 1 << (7 * (extra + 1)) or extra == 8:
            first = (0xFF << (8 - extra)) & 0xFF
            if extra < 8:
                first |= value >> (8 * extra)
            return bytes([first]) + (value & ((1 << (8 * extra)) - 1)).to_bytes(extra, "little")
    raise ValueError(value)


def write(members, *, method=LZMA, properties=None, dictionary=1 << 16):
    """`members`: (name, content), packed as one folder by LZMA."""
    whole = b"".join(content for _, content in members)
    packed = lzma.compress(whole, lzma.FORMAT_RAW, filters=[
        {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}])
    if properties is None:
        properties = b"\x5d" + struct.pack("<I", dictionary)
    coder = bytes([0x20 | len(method)]) + method + number(len(properties)) + properties
    streams = b"\x06" + number(0) + number(1) + b"\x09" + number(len(packed)) + b"\x00"
    streams += b"\x07\x0b" + number(1) + b"\x00" + number(1) + coder + b"\x0c" + number(len(whole)) + b"\x00"
    streams += b"\x08"
    if len(members) != 1:
        streams += b"\x0d" + number(len(members)) + b"\x09"
        streams += b"".join(number(len(content)) for _, content in members[:-1])
    streams += b"\x0a\x01" + b"".join(struct.pack("<I", zlib.crc32(content)) for _, content in members) + b"\x00"
    names = b"\x00" + b"".join(name.encode("utf-16-le") + b"\0\0" for name, _ in members)
    files = number(len(members)) + b"\x11" + number(len(names)) + names + b"\x00"
    header = b"\x01\x04" + streams + b"\x00\x05" + files + b"\x00"
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


def zstd(content):
    """One frame, its content in raw blocks."""
    out = b"\x28\xb5\x2f\xfd" + b"\xa0" + struct.pack("<I", len(content))  # single segment, 4 bytes of size
    blocks = [content[at:at + 65536] for at in range(0, len(content), 65536)] or [b""]
    for i, block in enumerate(blocks):
        out += struct.pack("<I", len(block) << 3 | (i == len(blocks) - 1))[:3] + block
    return out


def lz4(content):
    """One frame of independent blocks as they are, without checksums; 0x82 is that of its head."""
    blocks = [content[at:at + 65536] for at in range(0, len(content), 65536)]
    return b"\x04\x22\x4d\x18\x60\x40\x82" + b"".join(struct.pack("<I", len(block) | 1 << 31) + block for block in blocks) + bytes(4)
