"""NumPy .npy files, right and wrong, written with struct alone."""

import struct

SIMPLE = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"


def raw(text, data=b"", version=(1, 0), length=None):
    """The header's text as given."""
    text = text if isinstance(text, bytes) else text.encode("utf-8" if version[0] > 2 else "latin1")
    length = len(text) if length is None else length
    return (b"\x93NUMPY" + bytes(version) + struct.pack("<H" if version[0] == 1 else "<I", length) + text + data)


def write(descr="'<f4'", shape="(2, 3)", data=b"\0" * 24, order="False", version=(1, 0)):
    """As numpy.save pads it: to 64, with a newline at the end."""
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"
    encoded = text.encode("utf-8" if version[0] > 2 else "latin1")
    before = 8 + (2 if version[0] == 1 else 4)
    return raw(encoded + b" " * (-(before + len(encoded) + 1) % 64) + b"\n", data, version)
