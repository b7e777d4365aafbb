"""safetensors files, right and wrong, written with struct and json alone."""

import json
import struct

BITS = {"BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8,
        "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
        "I32": 32, "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64}
ORDER = list(BITS)


def raw(header, data=b"", length=None):
    """The three parts as given; `header` may be text or bytes."""
    if isinstance(header, str):
        header = header.encode("utf-8", "surrogatepass")
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def padded(header, data=b""):
    """As `raw`, with the header padded to 8 as the library's writer does."""
    if isinstance(header, str):
        header = header.encode("utf-8", "surrogatepass")
    return raw(header + b" " * (-len(header) % 8), data)


def size_of(dtype, shape):
    bits = BITS[dtype]
    for dimension in shape:
        bits *= dimension
    return bits // 8


def entry(dtype, shape, begin, end=None, **more):
    """The text of one entry."""
    end = begin + size_of(dtype, shape) if end is None else end
    return json.dumps({"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end], **more},
                      separators=(",", ":"))


def header(entries, metadata=None):
    """`entries`: (name, text of the entry), in that order."""
    parts = [] if metadata is None else ['"__metadata__":' + json.dumps(metadata)]
    parts += [json.dumps(name) + ":" + text for name, text in entries]
    return "{" + ",".join(parts) + "}"


def write(tensors, metadata=None, fill=b"\0"):
    """`tensors`: {name: (dtype, shape) or (dtype, shape, bytes)}, laid out as the library does."""
    order = sorted(tensors, key=lambda name: (-ORDER.index(tensors[name][0]), name.encode()))
    entries, data = [], b""
    for name in order:
        dtype, shape, *content = tensors[name]
        content = content[0] if content else fill * size_of(dtype, shape)
        entries.append((name, entry(dtype, shape, len(data), len(data) + len(content))))
        data += content
    return padded(header(entries, metadata), data)
