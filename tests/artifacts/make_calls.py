"""Checkpoints whose pickles call what PyTorch's weights_only unpickler lets them call, with arguments that are mostly
right: `Calls(rng, rate)` spoils each with that probability. What is right and what is not, PyTorch says (diff_pickle.py).
"""

import collections
import struct

import make_zip
from make_stdlib import Call, Name, Storage, dump

ELEMENTS = 24
# Storages of every checkpoint, by their keys: type and bytes of an element.
KINDS = (("Float", 4), ("Long", 8), ("QInt8", 1), ("QInt32", 4), ("QUInt8", 1), ("Double", 8), ("Bool", 1), ("ComplexFloat", 8),
         ("Half", 2), ("Byte", 1), ("BFloat16", 2), ("Int", 4), ("QUInt4x2", 1))
KEY = {kind: str(key) for key, (kind, _) in enumerate(KINDS)}
DTYPES = """float64 float32 float16 bfloat16 complex128 complex64 complex32 float8_e5m2 float8_e4m3fn float8_e8m0fnu
    float4_e2m1fn_x2 int64 int32 int16 int8 uint8 bool quint8 qint8 qint32 quint4x2 quint2x4 bits8 bits16 bits1x8 uint16
    uint32 uint64 uint1 int1 uint2 uint4 int4 int7""".split()
SHAPES = ((), (0,), (1,), (2,), (3,), (4,), (2, 3), (3, 2), (1, 1), (2, 2), (4, 2), (0, 3), (2, 0), (2, 3, 4), (1, 2, 2), (24,))
NUMBERS = (-1, 0, 1, 2, 2**31, 2**62, 2**63 - 1, -2**63, 2**64)
TEXTS = ("x", "é", "€", "\U0001f600", "a\0b", "", "cpu", "latin1", "latin-1", "utf8", "a" * 300, "é" * 300, "a" * 300 + "€", "\x85")
CONSTANTS = (None, True, 3, 0, -1, 1.5, float("inf"), "k", "12", " 7 ", (1,), (), 2**70, 2**1000)
ATTRIBUTES = ("tag", "é", "a b", "shape", "grad", "data", "requires_grad", "__class__", "__dict__", "device", "names", "T", "name",
              "grad_fn", "is_sparse", "_cdata", "__slots__", "__module__", "real", "grad_dtype", "__weakref__")
IMPORTS = (("torch", "Tensor"), ("torch", "Size"), ("torch", "FloatStorage"), ("torch", "per_tensor_affine"), ("builtins", "set"),
           ("collections", "OrderedDict"), ("torch.nn.parameter", "Parameter"), ("_codecs", "encode"),
           ("torch.storage", "UntypedStorage"))


def strides(shape):
    out, step = [], 1
    for length in reversed(shape):
        out.append(step)
        step *= max(length, 1)
    return tuple(reversed(out))


def checkpoint(value, numbers=(1,) * ELEMENTS):
    """What torch.save would put around it; `numbers` are in the storages of whole numbers."""
    records = [("data.pkl", dump(value)), (".format_version", b"1"), (".storage_alignment", b"64"), ("byteorder", b"little")]
    filled = {"Long": struct.pack(f"<{ELEMENTS}q", *numbers), "Int": struct.pack(f"<{ELEMENTS}i", *numbers), "Bool": b"\1" * ELEMENTS}
    for key, (kind, size) in enumerate(KINDS):
        records.append((f"data/{key}", filled.get(kind, bytes(i % 251 for i in range(ELEMENTS * size)))))
    records += [("version", b"3\n"), (".data/serialization_id", b"0636067293534071465013390011446706209407")]
    return make_zip.write(make_zip.aligned(records), zip64=True)


class Calls:
    def __init__(self, rng, rate):
        self.rng, self.rate = rng, rate
        self.depth = 3

    def value(self):
        """A whole state: one or two entries."""
        make = (self.tensor, self.tensor, self.composed, self.composed, self.composed, self.parameter, self.plain, self.plain,
                self.built, self.anything)
        return {f"k{i}": self.rng.choice(make)() for i in range(self.rng.choice((1, 1, 2)))}

    def numbers_for_storages(self):
        """Small ones, mostly; or those of rows that follow each other."""
        most = self.rng.choice((1, 1, 2, 5, 40))
        out = [self.rng.choice((-1, 2**31 - 1, 7)) if self.wrong(2) else self.rng.randrange(most) for _ in range(ELEMENTS)]
        return sorted(out) if self.rng.random() < 0.5 else out

    # Parts.

    def wrong(self, times=1):
        return all(self.rng.random() < self.rate for _ in range(times))

    def number(self, value):
        return self.rng.choice((value + 1, *NUMBERS)) if self.wrong() else value

    def numbers(self, values):
        out = [self.number(value) for value in values]
        if out and self.wrong():
            out.pop()
        if self.wrong():
            out.append(self.rng.randrange(3))
        return out if self.wrong(2) else tuple(out)

    def text(self, *choices):
        return self.rng.choice(TEXTS) if self.wrong() else self.rng.choice(choices)

    def flag(self, value=None):
        if self.wrong():
            return self.rng.choice((None, 1, 0, "x"))
        return self.rng.random() < 0.5 if value is None else value

    def dtype(self):
        return self.anything() if self.wrong() else Name("torch", self.rng.choice(DTYPES[:6] + DTYPES))

    def shape(self):
        return self.rng.choice(SHAPES)

    def hooks(self):
        return self.rng.choice((None, {}, 0, self.anything())) if self.wrong() else collections.OrderedDict()

    def metadata(self):
        return self.rng.choice((None, {}, {"conj": True}, {"neg": True}, {"neg": False}, {"x": 1}, {1: 1}, {"y": True}))

    def state(self):
        value = self.rng.choice((None, 1, True, {}, [1]))
        return self.rng.choice((None, {}, {"tag": 1}, ({}, {}), (None, {"x": 2}), {1: 2}, collections.OrderedDict(),
                                {self.rng.choice(ATTRIBUTES): value}))

    def storage(self, kind=None):
        if self.wrong(2):
            return self.anything()
        kind = kind or self.rng.choice(KINDS)[0]
        elements = self.rng.choice((0, 1, 23, 25, 1000)) if self.wrong(2) else ELEMENTS
        return Storage(elements, KEY[kind], kind, self.rng.choice(("cpu", "meta")) if self.wrong() else "cpu")

    def call(self, module, name, *arguments):
        arguments = list(arguments)
        if arguments and self.wrong(2):
            arguments.pop(self.rng.randrange(len(arguments)))
        if self.wrong(2):
            arguments.insert(self.rng.randrange(len(arguments) + 1), self.anything())
        if arguments and self.wrong(2):
            arguments[self.rng.randrange(len(arguments))] = self.anything()
        return Call(Name(module, name), *arguments)

    def rebuilt(self, name, *arguments):
        return self.call("torch._utils", name, *arguments)

    # Tensors.

    def strided(self, kind=None, shape=None):
        """storage, offset, size, stride"""
        shape = self.shape() if shape is None or self.wrong() else shape
        return self.storage(kind), self.number(0), self.numbers(shape), self.numbers(strides(shape))

    def tensor(self, kind=None, shape=None):
        chance = self.rng.random() if kind is None else 1
        if chance < 0.1 and self.depth > 0:
            return self.composed()
        if chance < 0.2:
            return self.rebuilt("_rebuild_meta_tensor_no_storage", self.dtype(), *self.strided()[2:], self.flag(False))
        parts = self.strided(kind, shape)
        more = (self.metadata(),) if self.wrong() else ()
        if chance < 0.3:
            return self.rebuilt("_rebuild_tensor", *parts)
        if chance < 0.45:
            return self.rebuilt("_rebuild_tensor_v3", *parts, self.flag(False), self.hooks(), self.dtype(), *more)
        return self.rebuilt("_rebuild_tensor_v2", *parts, self.flag(False), self.hooks(), *more)

    def composed(self):
        self.depth -= 1
        make = (self.quantized, self.sparse, self.compressed, self.nested, self.moved, self.of_type)
        made = self.rng.choice(make)() if self.depth >= 0 else self.tensor("Float")
        self.depth += 1
        return made

    def quantized(self):
        shape = self.shape()
        scheme = self.rng.choice(("per_tensor_affine", "per_channel_affine", "per_channel_affine_float_qparams",
                                  "per_tensor_symmetric"))
        if scheme.startswith("per_tensor"):
            scale = self.rng.choice((0.5, 0.0, -1.0, 1, float("nan"), 1e39))
            quantizer = (scale, self.number(self.rng.choice((0, 1, 127, 128, -129, 300))))
        else:
            axis = self.rng.randrange(len(shape)) if shape else 0
            along = (shape[axis] if shape else 1,)
            quantizer = (self.tensor(self.rng.choice(("Double", "Float", "Half")), along),
                         self.tensor(self.rng.choice(("Long", "Int", "Float", "Byte")), along), self.number(axis))
        kind = self.rng.choice(("QInt8", "QInt32", "QUInt8", "QUInt4x2"))
        return self.rebuilt("_rebuild_qtensor", *self.strided(kind, shape), (Name("torch", scheme), *quantizer), self.flag(False),
                            self.hooks())

    def layout(self, name):
        return self.call("torch.serialization", "_get_layout", self.text("torch." + name))

    def sparse(self):
        count, dense, dimensions = self.rng.randrange(4), self.rng.choice(((), (), (2,))), self.rng.randrange(1, 4)
        values = self.rng.choice(("Float", "Double", "Long", "Bool", "ComplexFloat", "Half", None))
        data = [self.tensor(self.rng.choice(("Long", "Long", "Int")), (dimensions, count)), self.tensor(values, (count, *dense)),
                self.numbers((self.rng.choice((1, 3, 4, 100)),) * dimensions + dense)]
        return self.rebuilt("_rebuild_sparse_tensor", self.layout("sparse_coo"), (*data, self.flag())[:self.rng.choice((3, 4))])

    def compressed(self):
        name = self.rng.choice(("csr", "csc", "bsr", "bsc"))
        rows, columns, count = self.rng.choice((1, 2, 4)), self.rng.choice((1, 2, 4)), self.rng.randrange(3)
        block = (2, 2) if name[0] == "b" else ()
        index, side = self.rng.choice(("Long", "Int")), 2 if block else 1
        data = (self.tensor(index, ((rows if name.endswith("sr") else columns) + 1,)), self.tensor(index, (count,)),
                self.tensor(self.rng.choice(("Float", "Double", None)), (count, *block)), self.numbers((rows * side, columns * side)))
        return self.rebuilt("_rebuild_sparse_tensor", self.layout("sparse_" + name), data)

    def nested(self):
        count = self.rng.randrange(3)
        sizes = (count, self.rng.randrange(1, 3)) if count else ()
        return self.rebuilt("_rebuild_nested_tensor", self.tensor(self.rng.choice(("Float", "Double", "Half")), (ELEMENTS,)),
                            self.tensor("Long", sizes), self.tensor("Long", sizes), self.tensor("Long", (count,)))

    def moved(self):
        return self.rebuilt("_rebuild_device_tensor_from_cpu_tensor", self.tensor(), self.dtype(), self.text("cpu", "cpu", "meta"),
                            self.flag(False))

    def of_type(self):
        parts = (*self.strided(), self.flag(False), self.hooks())
        name, arguments = self.rng.choice((
            ("_rebuild_tensor_v2", parts), ("_rebuild_tensor_v3", (*parts, self.dtype())),
            ("_rebuild_parameter", (self.tensor("Float"), self.flag(), self.hooks())),
            ("_rebuild_meta_tensor_no_storage", (self.dtype(), *parts[2:4], self.flag(False)))))
        kind = self.rng.choice((("torch", "Tensor"), ("torch.nn.parameter", "Parameter")))
        return self.call("torch._tensor", "_rebuild_from_type_v2", Name("torch._utils", name), Name(*kind), arguments, self.state())

    def parameter(self):
        of = self.tensor("Float") if self.rng.random() < 0.6 else self.tensor()
        return self.rng.choice((
            lambda: self.rebuilt("_rebuild_parameter", of, self.flag(), self.hooks()),
            lambda: self.rebuilt("_rebuild_parameter_with_state", of, self.flag(), self.hooks(), self.state()),
            lambda: self.call("torch.nn.parameter", "Parameter", of, self.flag())))()

    # Everything else.

    def plain(self):
        pairs = [[self.key(), self.rng.choice(CONSTANTS)] for _ in range(self.rng.randrange(3))]
        return self.rng.choice((
            lambda: self.call("_codecs", "encode", self.text("abc", "é", "\xff\x80"), self.text("latin1")),
            lambda: self.call("builtins", "bytearray", self.text("abc", "é"), self.text("latin-1", "latin1")),
            lambda: self.call("builtins", "set", [key for key, _ in pairs]),
            lambda: self.call("builtins", "complex", self.rng.choice(CONSTANTS), self.rng.choice(CONSTANTS)),
            lambda: self.call("collections", "OrderedDict", pairs),
            lambda: self.call("collections", "Counter", dict(pairs)),
            lambda: self.call("torch", "device", self.text("cpu", "cuda", "meta", "cuda:1", "cpu:0", "mps", "hip", "xla", "mkldnn",
                                                           "cuda:127", "cuda:128", "privateuseone:3")),
            lambda: self.call("torch", "device", self.text("cpu", "cuda", "mps"), self.number(self.rng.choice((0, 1, 127, 128)))),
            lambda: self.call("torch", "Size", self.numbers(self.shape())),
            lambda: self.layout(self.rng.choice(("strided", "_mkldnn", "jagged"))),
        ))()

    def key(self):
        return self.rng.choice(("k", 1, (1, "x"), None, 2.5))

    def built(self):
        made = self.rng.choice((lambda: Name("collections", "OrderedDict"), lambda: Name("torch.nn.parameter", "Parameter")))()
        arguments = () if made.module == "collections" else (self.tensor("Float"), self.flag())
        return Call(made, *arguments, state=self.state())

    def anything(self):
        if self.depth <= 0:
            return self.rng.choice(CONSTANTS)
        self.depth -= 1
        some = [self.rng.choice(CONSTANTS) if self.rng.random() < 0.5 else self.anything() for _ in range(self.rng.randrange(3))]
        made = self.rng.choice((
            lambda: self.rng.choice(CONSTANTS), lambda: self.rng.choice(CONSTANTS), lambda: some, lambda: tuple(some),
            lambda: {self.key(): one for one in some}, lambda: Name("torch", self.rng.choice(DTYPES)),
            lambda: Name(*self.rng.choice(IMPORTS)), self.tensor, self.storage, self.plain, self.parameter, self.composed,
            lambda: collections.OrderedDict(),
        ))()
        self.depth += 1
        return made
