"""Files as torch, safetensors, numpy, gguf, transformers, peft, onnx, joblib, pillow, soundfile, tensorboard and pyarrow
wrote them (tests/data/golden)."""

import pathlib

import severity
from corpus import case

FOLDER = pathlib.Path(__file__).parent.parent / "data/golden"

# What is not here is clean.
EXPECTED = {
    "torch/state_dict_protocol4.pt": ["PKL-304"],  # as torch.load says: protocol 4 has other opcodes
    "torch/array.pt": ["PKL-106"],
    "torch/module.pt": ["PKL-102", "PKL-201"],
    "torch/script.pt": ["COD-101", "PKL-102", "PKL-201", "ZIP-006", "ZIP-008", "ZIP-009"],
    "numpy/objects.npy": ["NPY-007", "PKL-106", "PKL-304"],
    "numpy/objects.npz": ["NPY-007", "PKL-106", "PKL-304"],
    "gguf/big_endian.gguf": ["GGF-001"],
    "onnx/custom.onnx": ["ONX-003"],
    "joblib/plain.joblib": ["PKL-304"],
    "joblib/arrays.joblib": ["PKL-106", "PKL-304"],
    "joblib/packed.joblib.gz": ["ARC-010", "PKL-106", "PKL-304"],
}
# The same, where data is asked for.
AS_DATA = {
    "torch/array.pt": [],
    "numpy/objects.npy": ["NPY-007"],
    "numpy/objects.npz": ["NPY-007"],
    "joblib/plain.joblib": [],
    "joblib/arrays.joblib": [],
    "joblib/packed.joblib.gz": [],  # joblib unpacks it itself
}


def golden(path, rules, id, arguments=()):
    """One file, or a folder with what is in it."""
    if path.is_dir():
        make = {str(one.relative_to(path)): one.read_bytes() for one in sorted(path.rglob("*")) if one.is_file()}
    else:
        make = {path.name: path.read_bytes()}
    case(id, verdict=severity.verdict(rules), rules=rules, arguments=arguments, covers="made by the library")(lambda: make)


for library in sorted(one for one in FOLDER.iterdir() if one.is_dir()):
    for path in sorted(library.iterdir()):
        name = f"{library.name}/{path.name}"
        golden(path, EXPECTED.get(name, []), "golden/" + name)
        if name in AS_DATA:
            golden(path, AS_DATA[name], f"golden/{name}_as_data", ["--profile", "data"])
