"""What tests of `gatehouse scan` have in common: small files, and what a report says."""

import json
import os
import pty
import struct
import subprocess

import gatehouse


def safetensors(tail=b""):
    """A small good file; with a tail, one with a finding."""
    header = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + b"\0" * 8 + tail


def verdicts(report):
    return {file["file"]: file["verdict"] for file in report["files"]}


def ids(report, file=None):
    return {f["id"] for f in report["findings"] if file is None or f.get("file") == file}


def adapter(folder, layers=2, scale=1.0):
    """A LoRA adapter of rank 2 on q_proj and v_proj of width 8."""
    folder.mkdir(parents=True)
    header, data = {}, b""
    for layer in range(layers):
        for module in ("q_proj", "v_proj"):
            for half, shape in (("A", [2, 8]), ("B", [8, 2])):
                # Numbers that differ everywhere, and are the same in every run.
                values = [scale * ((7 * i * i + 3 * i + layer + ord(module[0])) % 23 - 11) / 100 for i in range(16)]
                name = f"base_model.model.model.layers.{layer}.self_attn.{module}.lora_{half}.weight"
                header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + 64]}
                data += struct.pack("<16f", *values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (folder / "adapter_model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (folder / "adapter_config.json").write_text(json.dumps({
        "peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj", "v_proj"], "bias": "none",
        "task_type": "CAUSAL_LM", "base_model_name_or_path": "org/base"}))
    return folder


def long_pickle(path, mebibytes):
    """NONE and POP, again and again."""
    with open(path, "wb") as file:
        file.write(b"\x80\x02")
        for _ in range(mebibytes):
            file.write(b"N0" * (1 << 19))
        file.write(b"N.")


def on_terminal(*arguments, env=None):
    """What a person sees: (exit code, bytes on the terminal)."""
    master, slave = pty.openpty()
    child = subprocess.Popen([gatehouse.BINARY, *map(os.fspath, arguments)], stdin=subprocess.DEVNULL,
                             stdout=slave, stderr=slave, env=env)
    os.close(slave)
    seen = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # the last one has closed it
            break
        if not chunk:
            break
        seen += chunk
    os.close(master)
    return child.wait(), seen
