"""ONNX models as protobuf, field by field (onnx/onnx.proto3, IR version 10)."""


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def integer(field, value):
    return varint(field << 3) + varint(value)


def data(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def external(name, location, *entries, place=1, dims=(1,), kind=1, packed=False):
    """A TensorProto in another file; of one float unless it says otherwise."""
    pairs = ([] if location is None else [("location", location)]) + list(entries)
    sizes = data(1, b"".join(map(varint, dims))) if packed else b"".join(integer(1, size) for size in dims)
    return (sizes + integer(2, kind) + data(8, name) +
            b"".join(data(13, data(1, key) + data(2, value)) for key, value in pairs) + integer(14, place))


def tensor_attribute(name, tensor):
    return data(1, name) + data(5, tensor) + integer(20, 4)


def graph_attribute(name, graph):
    return data(1, name) + data(6, graph) + integer(20, 5)


def integer_attribute(name, value):
    return data(1, name) + integer(3, value) + integer(20, 2)


def text_attribute(name, text):
    return data(1, name) + data(4, text) + integer(20, 3)


def node(operator, source, target, domain="", attributes=()):
    out = data(1, source) + data(2, target) + data(4, operator)
    out += b"".join(data(5, attribute) for attribute in attributes)
    return out + (data(7, domain) if domain else b"")


def graph(nodes, tensors=()):
    return b"".join(data(1, n) for n in nodes) + data(2, "main") + b"".join(data(5, t) for t in tensors)


def function(name, domain, nodes):
    return data(1, name) + b"".join(data(7, n) for n in nodes) + (data(10, domain) if domain else b"")


def deep(levels):
    """An If inside an If, and so on."""
    inner = node("Relu", "x", "y")
    for _ in range(levels):
        inner = node("If", "x", "y", attributes=[graph_attribute("then_branch", graph([inner]))])
    return inner


def model(nodes, tensors=(), functions=()):
    out = integer(1, 10) + data(2, "tests") + data(7, graph(nodes, tensors)) + data(8, integer(2, 21))
    return out + b"".join(data(25, f) for f in functions)
