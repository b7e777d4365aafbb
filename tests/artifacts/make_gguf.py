"""GGUF files, right and wrong, written with struct alone."""

import struct

U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 = range(13)
_FORMATS = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "B", U64: "Q", I64: "q", F64: "d"}
# id: (elements of a block, bytes of a block)
TYPES = {0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
         10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
         16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110),
         22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8),
         29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18),
         42: (64, 18)}


def string(text):
    text = text if isinstance(text, bytes) else text.encode()
    return struct.pack("<Q", len(text)) + text


def value(kind, content):
    """The bytes after a value's type. An array's content is (element type, list)."""
    if kind == STRING:
        return string(content)
    if kind == ARRAY:
        element, items = content
        return struct.pack("<IQ", element, len(items)) + b"".join(value(element, item) for item in items)
    return struct.pack("<" + _FORMATS[kind], content)


def pair(key, kind, content):
    return string(key) + struct.pack("<I", kind) + value(kind, content)


def nbytes(kind, shape):
    block, size = TYPES[kind]
    elements = 1
    for dimension in shape:
        elements *= dimension
    return elements // block * size


def info(name, kind, shape, offset):
    return (string(name) + struct.pack("<I", len(shape)) +
            b"".join(struct.pack("<Q", dimension % 2**64) for dimension in shape) +
            struct.pack("<IQ", kind, offset % 2**64))


def pad(content, alignment):
    return content + b"\0" * (-len(content) % alignment)


def assemble(pairs, infos, data, alignment=32, version=3, counts=None, tail=b""):
    """`pairs` and `infos` as bytes each. `counts`: (tensors, pairs), when they are to be wrong."""
    tensors, keys = counts or (len(infos), len(pairs))
    head = b"GGUF" + struct.pack("<I", version) + struct.pack("<QQ", tensors % 2**64, keys % 2**64)
    body = head + b"".join(pairs) + b"".join(infos)
    return (pad(body, alignment) if infos else body) + data + tail


def write(keys=(), tensors=(), alignment=32, **more):
    """`keys`: (key, type, content); `tensors`: (name, type, shape). Laid out as gguf-py does."""
    infos, data = [], b""
    for name, kind, shape in tensors:
        infos.append(info(name, kind, shape, len(data)))
        data = pad(data + b"\0" * nbytes(kind, shape), alignment)
    return assemble([pair(*key) for key in keys], infos, data, alignment, **more)


def vocabulary(tokens=("<unk>", "<s>", "</s>", "a"), scores=None, types=None, **special):
    """The keys of a vocabulary; `special`: bos=1 gives tokenizer.ggml.bos_token_id."""
    count = len(tokens)
    keys = [("tokenizer.ggml.model", STRING, "llama"), ("tokenizer.ggml.tokens", ARRAY, (STRING, list(tokens))),
            ("tokenizer.ggml.scores", ARRAY, (F32, [0.0] * count) if scores is None else scores),
            ("tokenizer.ggml.token_type", ARRAY, (I32, [1] * count) if types is None else types)]
    return keys + [(f"tokenizer.ggml.{name}_token_id", U32, token) for name, token in special.items()]
