"""Pickles, opcode by opcode, without the `pickle` module: an opcode is a name, with its argument."""

import struct

PLAIN = {
    "MARK": b"(", "STOP": b".", "POP": b"0", "POP_MARK": b"1", "DUP": b"2", "NONE": b"N", "BINPERSID": b"Q",
    "REDUCE": b"R", "APPEND": b"a", "BUILD": b"b", "DICT": b"d", "EMPTY_DICT": b"}", "APPENDS": b"e",
    "LIST": b"l", "EMPTY_LIST": b"]", "OBJ": b"o", "SETITEM": b"s", "TUPLE": b"t", "EMPTY_TUPLE": b")",
    "SETITEMS": b"u", "NEWOBJ": b"\x81", "TUPLE1": b"\x85", "TUPLE2": b"\x86", "TUPLE3": b"\x87",
    "TRUE": b"\x88", "FALSE": b"\x89", "EMPTY_SET": b"\x8f", "ADDITEMS": b"\x90", "FROZENSET": b"\x91",
    "NEWOBJ_EX": b"\x92", "STACK_GLOBAL": b"\x93", "MEMOIZE": b"\x94", "NEXT_BUFFER": b"\x97",
    "READONLY_BUFFER": b"\x98",
}
globals().update(PLAIN)


def proto(number):
    return b"\x80" + bytes([number])


def frame(content, size=None):
    return b"\x95" + struct.pack("<Q", len(content) if size is None else size) + content


def name(module, attribute):
    return b"c" + module.encode() + b"\n" + attribute.encode() + b"\n"


def inst(module, attribute):
    return b"i" + module.encode() + b"\n" + attribute.encode() + b"\n"


def text(value):
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return b"X" + struct.pack("<I", len(data)) + data


def short_text(value):
    return b"\x8c" + bytes([len(value.encode())]) + value.encode()


def text8(value):
    return b"\x8d" + struct.pack("<Q", len(value.encode())) + value.encode()


def old_string(data):
    return b"U" + bytes([len(data)]) + data


def long_old_string(data):
    return b"T" + struct.pack("<I", len(data)) + data


def string_line(data):
    return b"S" + data + b"\n"


def unicode_line(data):
    return b"V" + data + b"\n"


def short_bytes(data):
    return b"C" + bytes([len(data)]) + data


def binbytes(data):
    return b"B" + struct.pack("<I", len(data)) + data


def binbytes8(data):
    return b"\x8e" + struct.pack("<Q", len(data)) + data


def bytearray8(data):
    return b"\x96" + struct.pack("<Q", len(data)) + data


def number(value):
    if 0 <= value < 256:
        return b"K" + bytes([value])
    if 0 <= value < 65536:
        return b"M" + struct.pack("<H", value)
    if -2**31 <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    return long1(value)


def long1(value, size=None):
    size = size or (value.bit_length() // 8 + 1)
    return b"\x8a" + bytes([size]) + value.to_bytes(size, "little", signed=True)


def long4(value):
    size = value.bit_length() // 8 + 1
    return b"\x8b" + struct.pack("<i", size) + value.to_bytes(size, "little", signed=True)


def real(value):
    return b"G" + struct.pack(">d", value)


def int_line(line):
    return b"I" + line + b"\n"


def long_line(line):
    return b"L" + line + b"\n"


def float_line(line):
    return b"F" + line + b"\n"


def persid(line):
    return b"P" + line + b"\n"


def put(index):
    return b"q" + bytes([index])


def long_put(index):
    return b"r" + struct.pack("<I", index)


def put_line(index):
    return b"p" + index + b"\n"


def get(index):
    return b"h" + bytes([index])


def long_get(index):
    return b"j" + struct.pack("<I", index)


def get_line(index):
    return b"g" + index + b"\n"


def ext1(code):
    return b"\x82" + bytes([code])


def ext2(code):
    return b"\x83" + struct.pack("<H", code)


def ext4(code):
    return b"\x84" + struct.pack("<i", code)


def tuple_of(*items):
    if not items:
        return PLAIN["EMPTY_TUPLE"]
    if len(items) <= 3:
        return b"".join(items) + bytes([0x84 + len(items)])
    return b"(" + b"".join(items) + b"t"


def list_of(*items):
    return b"](" + b"".join(items) + b"e"


def dict_of(*pairs):
    return b"}(" + b"".join(key + value for key, value in pairs) + b"u"


def call(callable_, *arguments):
    return callable_ + tuple_of(*arguments) + b"R"


def new(class_, *arguments):
    return class_ + tuple_of(*arguments) + b"\x81"


def stack_name(module, attribute):
    return short_text(module) + short_text(attribute) + PLAIN["STACK_GLOBAL"]


def pickle(*parts, protocol=2):
    return (b"" if protocol is None else proto(protocol)) + b"".join(parts) + b"."


# PyTorch's.

ORDERED_DICT = call(name("collections", "OrderedDict"))


def numbers(*values):
    return tuple_of(*map(number, values))


def storage(kind="Float", key="0", elements=6, location="cpu", module="torch", more=()):
    return tuple_of(text("storage"), name(module, kind + "Storage"), text(key), text(location), number(elements),
                    *more) + b"Q"


def tensor(shape=(2, 3), stride=(3, 1), offset=0, of=None, gradient=b"\x89", hooks=ORDERED_DICT, more=()):
    return call(name("torch._utils", "_rebuild_tensor_v2"), storage() if of is None else of, number(offset),
                numbers(*shape), numbers(*stride), gradient, hooks, *more)


def state_dict(*values, metadata=b""):
    """Of tensors, or whatever else, by the names "0", "1", …"""
    pairs = b"".join(text(f"layer{i}.weight") + value for i, value in enumerate(values))
    return pickle(ORDERED_DICT, b"(" + pairs + b"u" if pairs else b"", metadata)


def metadata(key="_metadata", value=ORDERED_DICT):
    return dict_of((text(key), value)) + b"b"
