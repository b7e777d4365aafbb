"""Pictures, recordings and what tools leave behind, as small as each format allows, by the formats' own documents."""

import struct


def remainder(data, bits, polynomial):
    """CRC without reflection, from zero."""
    value, top = 0, 1 << (bits - 1)
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & ((1 << bits) - 1)
    return value


def castagnoli(data):
    value = 0xffffffff
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82f63b78 if value & 1 else 0)
    value ^= 0xffffffff
    return ((value >> 15 | value << 17) + 0xa282ead8) & 0xffffffff


def bmp(width=3, height=2, depth=24, header=40, planes=1):
    row = (width * depth + 31) // 32 * 4
    info = struct.pack("<IiiHHIIiiII", header, width, height, planes, depth, 0, 0, 2835, 2835, 0, 0).ljust(header, b"\0")
    size = row * abs(height)
    return struct.pack("<2sIII", b"BM", 14 + header + size, 0, 14 + header) + info + bytes(size)


def ico(pictures, kind=1):
    at, table, data = 6 + 16 * len(pictures), b"", b""
    for picture in pictures:
        table += struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(picture), at + len(data))
        data += picture
    return struct.pack("<HHH", 0, kind, len(pictures)) + table + data


def tiff(order="<", strips=(b"abcd", b"efgh"), more=()):
    """One directory behind the strips."""
    begin = (b"II*\0" if order == "<" else b"MM\0*")
    data = b"".join(strips)
    offsets, at = [], 8
    for strip in strips:
        offsets.append(at)
        at += len(strip)
    far = struct.pack(f"{order}{len(strips)}I", *offsets) + struct.pack(f"{order}{len(strips)}I", *map(len, strips))
    entries = [(256, 4, 1, 2), (257, 4, 1, 2), (258, 3, 1, 8 << 16 if order == ">" else 8),
               (273, 4, len(strips), at if len(strips) > 1 else offsets[0]),
               (279, 4, len(strips), at + 4 * len(strips) if len(strips) > 1 else len(strips[0])), *more]
    table = struct.pack(order + "H", len(entries)) + b"".join(struct.pack(order + "HHII", *entry) for entry in sorted(entries))
    where = at + len(far)
    return begin + struct.pack(order + "I", where) + data + far + table + bytes(4)


def box(kind, content=b""):
    return struct.pack(">I4s", 8 + len(content), kind) + content


def boxes(brand, *rest, others=(b"mif1",)):
    return box(b"ftyp", brand + bytes(4) + b"".join(others)) + b"".join(rest)


AVIF = boxes(b"avif", box(b"meta", bytes(20)), box(b"mdat", b"pixels"))
HEIC = boxes(b"heic", box(b"meta", bytes(20)), box(b"mdat", b"pixels"))
MP4 = boxes(b"isom", box(b"moov", bytes(20)), box(b"free"), box(b"mdat", b"samples"), others=(b"mp41",))


def chunks(*parts):
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in parts)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


FORMAT = (b"fmt ", struct.pack("<HHIIHH", 1, 1, 16000, 32000, 2, 16))
WAV = chunks(FORMAT, (b"LIST", b"INFOISFT\4\0\0\0Lavf"), (b"data", bytes(64)))


def page(packet, flags=0, number=0):
    lengths = [255] * (len(packet) // 255) + [len(packet) % 255]
    head = b"OggS" + struct.pack("<BBqII", 0, flags, 0, 7, number)
    rest = bytes([len(lengths), *lengths]) + packet
    return head + struct.pack("<I", remainder(head + bytes(4) + rest, 32, 0x04c11db7)) + rest


OGG = page(b"OpusHead" + bytes(11), 2) + page(b"OpusTags" + bytes(300), 0, 1) + page(b"sound", 4, 2)


def flac_frame(number):
    """192 samples of one value."""
    head = bytes([0xff, 0xf8, 0x19, 0x08, number])
    frame = head + bytes([remainder(head, 8, 7)]) + bytes([0, 1, 44])
    return frame + struct.pack(">H", remainder(frame, 16, 0x8005))


STREAM = struct.pack(">HH", 192, 192) + bytes(6) + bytes([0x0a, 0xc4, 0x40, 0xf0]) + bytes(20)
FLAC = b"fLaC" + b"\0\0\0\x22" + STREAM + b"\x84\0\0\x08" + bytes(8) + flac_frame(0) + flac_frame(1)

FRAME = b"\xff\xfb\x90\x64" + bytes(413)  # MPEG 1, layer III, 128 kbit/s, 44.1 kHz
MP3 = b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + FRAME * 4
MP3_BARE = FRAME * 3 + b"TAG" + bytes(125)


def record(data):
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", castagnoli(length)) + data + struct.pack("<I", castagnoli(data))


EVENTS = record(b"\x09" + bytes(8) + b"\x1a\x0dbrain.Event:2") + record(b"\x09" + bytes(8) + b"\x10\1") + record(b"x" * 300)


def finder():
    """.DS_Store without a single setting."""
    table = struct.pack(">II", 3, 0) + struct.pack(">256I", 0x80b, 0x45, 0x100b, *[0] * 253) + struct.pack(">IB4sI", 1, 4, b"DSDB", 1)
    content = bytearray(4 + 0x800 + 0x800 + 0x800)
    content[:20] = b"\0\0\0\1Bud1" + struct.pack(">III", 0x800, 0x800, 0x800)
    content[4 + 0x800:4 + 0x800 + len(table)] = table
    return bytes(content)


def thrift(fields):
    """A structure of Thrift's compact protocol, of texts, numbers and lists of these and of structures."""
    out, last = b"", 0
    for field, value in fields.items():
        out += bytes([field - last << 4 | kind_of(value)]) + plain(value)
        last = field
    return out + b"\0"


def kind_of(value):
    return {int: 6, bytes: 8, list: 9, dict: 12}[type(value)]


def plain(value):
    if isinstance(value, int):
        return varint(value << 1)
    if isinstance(value, bytes):
        return varint(len(value)) + value
    if isinstance(value, dict):
        return thrift(value)
    return bytes([len(value) << 4 | kind_of(value[0])]) + b"".join(map(plain, value))


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def parquet(more=None, column=None, data=b"rows", keys=()):
    footer = thrift({1: 2, 2: [{4: b"schema"}], 3: 1, 4: [{1: [{**(column or {}), 2: 4}]}],
                     5: [{1: key, 2: value} for key, value in keys] or [{1: b"pandas", 2: b"{}"}], **(more or {})})
    return b"PAR1" + data + footer + struct.pack("<I", len(footer)) + b"PAR1"


def message(kind, body=b"", text=b""):
    """A table of FlatBuffers with a version, a kind and how long the body is; `text` lies behind it."""
    fields = struct.pack("<HHHHHH", 12, 24, 4, 6, 0, 8)
    table = struct.pack("<i", 12) + struct.pack("<hB", 4, kind) + b"\0" + struct.pack("<q", len(body))
    content = struct.pack("<I", 16) + fields + table + text
    content += bytes(-len(content) % 8)
    return b"\xff\xff\xff\xff" + struct.pack("<I", len(content)) + content + body


END = b"\xff\xff\xff\xff\0\0\0\0"


def arrow(*messages, footer=b"table"):
    return b"ARROW1\0\0" + b"".join(messages) + END + footer + struct.pack("<I", len(footer)) + b"ARROW1"
