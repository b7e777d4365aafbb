"""PyTorch checkpoints: the pickle of a dictionary of tensors as torch.save writes it, opcode by opcode,
and the containers around it."""

import struct

import make_zip

ELEMENT = {"Float": 4, "Half": 2, "BFloat16": 2, "Double": 8, "Long": 8, "Int": 4, "Byte": 1}
KINDS = {"F32": "Float", "F16": "Half", "BF16": "BFloat16", "F64": "Double", "I64": "Long", "I32": "Int", "U8": "Byte"}
MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
PROTOCOL = b"\x80\x02M\xe9\x03."


class Pickle:
    """Protocol 2 with the opcodes that torch.save uses and no others."""

    def __init__(self):
        self.out = b"\x80\x02"
        self.memo = 0

    def op(self, *parts):
        self.out += b"".join(parts)
        return self

    def put(self):
        self.out += b"q" + bytes([self.memo]) if self.memo < 256 else b"r" + struct.pack("<I", self.memo)
        self.memo += 1
        return self

    def text(self, value):
        data = value.encode()
        return self.op(b"X", struct.pack("<I", len(data)), data).put()

    def number(self, value):
        if value < 256:
            return self.op(b"K", bytes([value]))
        if value < 65536:
            return self.op(b"M", struct.pack("<H", value))
        return self.op(b"J", struct.pack("<i", value))

    def name(self, module, name):
        return self.op(b"c", module.encode(), b"\n", name.encode(), b"\n").put()

    def numbers(self, values):
        if not values:
            return self.op(b")")
        if len(values) > 3:
            self.op(b"(")
        for value in values:
            self.number(value)
        return self.op({1: b"\x85", 2: b"\x86", 3: b"\x87"}.get(len(values), b"t")).put()

    def ordered_dict(self):
        return self.name("collections", "OrderedDict").op(b")R").put()

    def storage(self, kind, key, elements, view=None):
        self.op(b"(").text("storage").name("torch", kind + "Storage").text(key).text("cpu").number(elements)
        if view is not None:  # the sixth item of legacy files
            self.op(view)
        return self.op(b"t").put().op(b"Q")

    def tensor(self, kind, key, shape, elements, offset=0, view=None, stride=None):
        stride = stride or contiguous(shape)
        self.name("torch._utils", "_rebuild_tensor_v2").op(b"(")
        self.storage(kind, key, elements, view)
        self.number(offset).numbers(shape).numbers(stride).op(b"\x89")
        return self.ordered_dict().op(b"t").put().op(b"R").put()

    def stop(self):
        return self.out + b"."


def contiguous(shape):
    stride = [1] * len(shape)
    for i in reversed(range(len(shape) - 1)):
        stride[i] = stride[i + 1] * shape[i + 1]
    return stride


def count(shape):
    total = 1
    for dimension in shape:
        total *= dimension
    return total


def state_dict(tensors, view=None):
    """`tensors`: (name, kind, shape) or (name, kind, shape, elements of its storage), each of its own storage."""
    pickle = Pickle().ordered_dict().op(b"(")
    for key, (name, kind, shape, *elements) in enumerate(tensors):
        pickle.text(name).tensor(kind, str(key), shape, elements[0] if elements else count(shape), view=view)
    return pickle.op(b"u").stop()


TENSORS = (("weight", "Float", [4, 8]), ("bias", "Float", [4]), ("steps", "Long", []))


def contents(tensors=TENSORS):
    return [bytes(i % 251 for i in range(ELEMENT[kind] * count(shape))) for _, kind, shape, *_ in tensors]


def records(tensors=TENSORS, data=None, extra=()):
    """(record, content) pairs in the order of torch.save since 2.1."""
    out = [("data.pkl", state_dict(tensors) if data is None else data), (".format_version", b"1"),
           (".storage_alignment", b"64"), ("byteorder", b"little")]
    out += [(f"data/{key}", content) for key, content in enumerate(contents(tensors))]
    return out + [("version", b"3\n"), (".data/serialization_id", b"0636067293534071465013390011446706209407"),
                  *extra]


def members(tensors=TENSORS, data=None, extra=(), **more):
    return make_zip.aligned(records(tensors, data, extra), **more)


def checkpoint(tensors=TENSORS, data=None, extra=(), **more):
    """What torch.save writes: byte for byte but for the serialization id."""
    return make_zip.write(members(tensors, data, extra), zip64=True, **more)


def changed(record, **fields):
    """A checkpoint with the fields of one member changed."""
    out = members()
    for member in out:
        if member.name == "archive/" + record:
            for name, value in fields.items():
                setattr(member, name, {**getattr(member, name), **value} if isinstance(value, dict) else value)
    return make_zip.write(out, zip64=True)


def calls(module, name, argument="x"):
    """A pickle that imports a name and calls it with one text."""
    return Pickle().name(module, name).text(argument).op(b"\x85").put().op(b"R").put().stop()


def named(tensors):
    """Of {name: (dtype, shape, content)}, as of a safetensors file, what `state_dict` and `legacy` take."""
    return [(name, KINDS[dtype], shape) for name, (dtype, shape, *_) in tensors.items()]


def saved(tensors, data=None, **records_of):
    """The same as torch.save writes it. `records_of`: other contents of records, or fields of their members."""
    kept = {f"data/{key}": content for key, (_, _, *more) in enumerate(tensors.values()) for content in more}
    out = members(named(tensors), data)
    pairs = [(member.name.removeprefix("archive/"), member.content) for member in out]
    out = make_zip.aligned([(record, kept.get(record, content)) for record, content in pairs])
    for member in out:
        for name, value in records_of.get(member.name.removeprefix("archive/"), {}).items():
            setattr(member, name, value)
    return make_zip.write(out, zip64=True)


# Runs nothing: the verdict depends on the name being known for what it does.
EVIL = calls("posix", "system", "true")


def legacy(tensors=TENSORS, object_pickle=None, lengths=None, tail=b""):
    """The format before 1.6: five pickles, then every storage with its number of elements."""
    info = b"\x80\x02}q\x00(X\x10\x00\x00\x00protocol_versionq\x01M\xe9\x03X\r\x00\x00\x00little_endianq\x02\x88" \
           b"X\n\x00\x00\x00type_sizesq\x03}q\x04(X\x05\x00\x00\x00shortq\x05K\x02X\x03\x00\x00\x00intq\x06K\x04" \
           b"X\x04\x00\x00\x00longq\x07K\x04uu."
    keys = Pickle().op(b"]").put().op(b"(")
    for key in range(len(tensors)):
        keys.text(str(key))
    out = MAGIC + PROTOCOL + info + (state_dict(tensors, b"N") if object_pickle is None else object_pickle)
    out += keys.op(b"e").stop()
    for key, content in enumerate(contents(tensors)):
        elements = len(content) // ELEMENT[tensors[key][1]]
        out += struct.pack("<q", elements if lengths is None else lengths[key]) + content
    return out + tail
