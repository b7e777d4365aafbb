"""What attackers of this scanner found, each closed since: files that it once called clean."""

import json
import struct

from cases_blind_containers import RUNS, archive, dump, keras, layer, told
from corpus import case

SPEAKING = b"cposix\nsystem\n(Vtrue\ntR."
LINE = b"Very plain words of a model card\n0"

# Pickles that a first look took for text: a limit, an odd number or the end of what was looked at came before
# the import.
told("found/sniff/long_text", LINE * 2000 + SPEAKING, rules=[*RUNS, "PKL-304", "PKL-305"])
told("found/sniff/put_underscore", b"Np5_0\n0" + SPEAKING, rules=[*RUNS, "PKL-304", "PKL-305", "PKL-311"])
told("found/sniff/get_underscore", b"Np50\n0g5_0\n0" + SPEAKING, rules=[*RUNS, "PKL-304", "PKL-305", "PKL-311"])
told("found/sniff/far_put", b"Np20000000\n0" + SPEAKING, "findings", rules=["PKL-304", "PKL-402"])
told("found/sniff/far_long_put", b"Nr  !\x010" + SPEAKING, "inconclusive", rules=["PKL-402"])
told("found/sniff/long_text_in_zip", archive([("a.txt", LINE * 2000 + SPEAKING)]), rules=["FIL-001", *RUNS, "PKL-304", "PKL-305"], name="a.zip")
told("found/pickle/text_behind_stop", dump({"a": 1}) + LINE * 2000 + SPEAKING, rules=[*RUNS, "PKL-304", "PKL-305"])


def gif(size=70000):  # valid for Pillow, and a pickle
    stream = bytearray(struct.pack("<I", size) + bytes(size) + SPEAKING)  # BINBYTES, whose opcode is the first block's length
    at = 66
    while at < len(stream):
        rest = len(stream) - at - 1
        stream[at] = 255 if at + 256 < 4 + size else min(rest, 255) if rest <= 255 else 100
        at += 1 + stream[at]
    return (b"GIF89a\1\0\1C\4\0\0\x21\xfeB" + bytes(stream) + b"\0\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0x80)
            + b"\0\0\0\xff\xff\xff\2\2\x44\1\0;")


told("found/sniff/gif", gif(), rules=[*RUNS, "PKL-304", "PKL-314"])

# Prose in one long line is no pickle.
told("found/sniff/one_line_of_prose", b"common words in one line " * 4000, "clean", name="README.txt")

# Pictures by their first bytes, something else by name.
WEBP = b"RIFFaaaaWEBP"
PNG = (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\2\0\1H\xaf\xa4q"
       b"\0\0\0\0IEND\xaeB`\x82")
for name in ("x.py", "config.json", "tokenizer.json", "pytorch_model.bin", "chat_template.jinja", "m.keras"):
    told("found/picture/named_" + name.replace(".", "_"), PNG, rules=["FIL-001"], name=name)
told("found/picture/of_png", PNG, "clean", rules=[], name="logo.PNG")

# Keras calls whatever it is told is a class.
told("found/keras/get_file_as_class", keras(layer(module="keras.utils", class_name="get_file", config={})),
     rules=["KER-003"], name="m.keras")
told("found/keras/unsafe_as_class", keras(layer(module="keras.config", class_name="enable_unsafe_deserialization", config={})),
     rules=["KER-003"], name="m.keras")
told("found/keras/torch_module", keras(layer(class_name="TorchModuleWrapper", config={"module": "UEsDBA=="})),
     rules=["KER-001"], name="m.keras")


def settings(id, fields, *rules):
    case("found/cfg/" + id, verdict="findings" if rules else "clean", rules=rules, name="config.json")(
        lambda: json.dumps(fields).encode())


for number, value in enumerate((1, "true", "yes", [1])):
    settings(f"trust_{number}", {"trust_remote_code": value}, "CFG-103")
settings("trust_null", {"trust_remote_code": None})
settings("trust_false", {"trust_remote_code": False})
settings("kernel_of_part", {"attn_implementation": {"": "evil/kernel"}}, "CFG-110")

# A subscript finds what an attribute does.
for key in ("_environment", "_func"):
    case("found/tpl/subscript" + key, verdict="findings", rules=["TPL-102"], name="chat_template.jinja")(
        lambda key=key: ("{% macro m() %}{% endmacro %}{{ m['" + key + "'] }}").encode())
