"""Pickles, checkpoints, archives and arrays as Python's own library writes them: pickle, zipfile, tarfile.

Names are written without being imported, so that files can hold PyTorch's and an attacker's. Nothing here is
ever loaded, and what is named to be called would do nothing.
"""

import collections
import io
import pickle
import struct
import tarfile
import warnings
import zipfile


class Name:
    """To be written as an import."""

    def __init__(self, module, attribute):
        self.module, self.attribute = module, attribute

    def __call__(self):
        raise AssertionError("only ever written")

    def __reduce_ex__(self, protocol):
        return self.attribute


class Call:
    """To be written as a call, and a state for what it gives."""

    def __init__(self, callable_, *arguments, state=None):
        self.parts = (callable_, arguments) if state is None else (callable_, arguments, state)

    def __reduce_ex__(self, protocol):
        return self.parts


class Storage:
    def __init__(self, elements, key="0", kind="Float", location="cpu"):
        self.id = ("storage", Name("torch", kind + "Storage"), key, location, elements)


class Pickler(pickle._Pickler):
    def persistent_id(self, value):
        return value.id if isinstance(value, Storage) else None

    def save_global(self, value, name=None):
        if not isinstance(value, Name):
            return super().save_global(value, name)
        if self.proto >= 4:
            self.save(value.module)
            self.save(value.attribute)
            self.write(pickle.STACK_GLOBAL)
        else:
            self.write(f"c{value.module}\n{value.attribute}\n".encode())
        self.memoize(value)


def dump(value, protocol=2):
    out = io.BytesIO()
    Pickler(out, protocol).dump(value)
    return out.getvalue()


def evil(module="posix", attribute="system", *arguments, protocol=2):
    return dump(Call(Name(module, attribute), *(arguments or ("true",))), protocol)


REBUILD = Name("torch._utils", "_rebuild_tensor_v2")


def tensor(shape=(2, 3), stride=(3, 1), offset=0, storage=None, hooks=None):
    return Call(REBUILD, Storage(6) if storage is None else storage, offset, shape, stride, False,
                collections.OrderedDict() if hooks is None else hooks)


def state(**values):
    return collections.OrderedDict(values)


# PyTorch's zip, by zipfile.

WEIGHTS = dump(state(w=tensor()))


def archive(members, method=zipfile.ZIP_STORED, comment=b""):
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as writer:
        warnings.simplefilter("ignore")  # of names that are there twice
        writer.comment = comment
        for name, content in members:
            writer.writestr(name, content)
    return out.getvalue()


def checkpoint(data=WEIGHTS, storages=(("0", bytes(24)),), more=(), folder="archive", **options):
    return archive([(f"{folder}/data.pkl", data), (f"{folder}/byteorder", b"little"),
                    *((f"{folder}/data/{key}", content) for key, content in storages),
                    (f"{folder}/version", b"3\n"), *more], **options)


# PyTorch's older files.

INFO = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}


def view(kind="Float"):
    storage = Storage(6, kind=kind)
    storage.id += (None,)
    return tensor(storage=storage)


def legacy(magic=0x1950A86A20F9469CFC6C, protocol=1001, info=INFO, value=None, keys=("0",),
           storages=struct.pack("<q", 6) + bytes(24)):
    parts = (magic, protocol, info, state(w=view()) if value is None else value, list(keys))
    return b"".join(map(dump, parts)) + storages


# Others.


def tar(members, mode="w", form=tarfile.PAX_FORMAT):
    """`members`: (name, content) or (name, kind, target)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as writer:
        for name, content, *target in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, bytes) and not target:
                info.size = len(content)
                writer.addfile(info, io.BytesIO(content))
            else:
                info.type, info.linkname = content, target[0]
                writer.addfile(info)
    return out.getvalue()


def array(descr="'<f4'", shape="(2, 3)", data=bytes(24), version=1):
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    size = struct.calcsize("<H" if version == 1 else "<I")
    text += b" " * (-(8 + size + len(text) + 1) % 64) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + data


TYPE = Call(Name("numpy", "dtype"), "O8", False, True, state=(3, "|", None, None, None, -1, -1, 63))


def objects(*items):
    """What numpy.save pickles of an array of objects."""
    made = Call(Name("numpy.core.multiarray", "_reconstruct"), Name("numpy", "ndarray"), (0,), b"b",
                state=(1, (len(items),), TYPE, False, list(items)))
    return array("'|O'", f"({len(items)},)", dump(made, 3))
