"""What attackers of this scanner found, each closed since: files that it once called clean."""

import json
import struct

import make_pickle as m
from cases_blind_containers import RUNS, Call, Name, archive, dump, evil, keras, layer, legacy
from corpus import case, told

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

# One opcode that is longer than any head of a file.
for letter, size in (("V", 70_000), ("V", 3_000_000), ("P", 70_000)):
    told(f"found/sniff/long_line_{letter}_{size}", letter.encode() + b"x" * size + b"\n0" + SPEAKING,
         rules=[*RUNS, "PKL-304", "PKL-305", *(["PKL-230"] if letter == "P" else [])])
told("found/sniff/long_module", b"c" + b"x" * 300_000 + b"\nf\n)R.", rules=["PKL-102", "PKL-201"])
told("found/sniff/long_string", b"T\0\0\x20\0" + b"x" * 0x200000 + b"0" + SPEAKING,
     rules=[*RUNS, "PKL-304", "PKL-305"])

# Texts that begin with the opcodes of an import, and are no pickles.
told("found/sniff/one_line_of_prose", b"common words in one line " * 4000, "clean", name="README.txt")
told("found/sniff/long_lines_of_prose", b"common words\n" + b"in one line " * 20_000 + b"\nand more.\n", "clean",
     name="README.txt")
for id, words in {"two": "cat\ndog\n", "opposites": "contradiction\nneutral\n", "four": "cow\nsurfboard\ncat\nhorse\n",
                  "with_build": "car\nbottle\ncat\ntvmonitor\nbird\n", "with_put": "cases\nnames\nrather\n"}.items():
    told(f"found/sniff/labels_{id}", words.encode(), "clean", name="labels.txt")
told("found/sniff/labels_as_weights", b"cat\ndog\n", rules=["FIL-001"], name="model.pkl")
told("found/sniff/words_and_system", b"cat\ndog\ncos\nsystem\n", rules=["FIL-001", "PKL-101", "PKL-102", "PKL-302"], name="labels.txt")
told("found/sniff/requirements", b"click\nnumpy\ntorch>=2.0\n", "clean", name="requirements.txt")
told("found/sniff/list_of_paths", b"compiler/os.code/T.java  containers: 4\ncommon/os.java  5\n", "clean", name="list.txt")
told("found/sniff/icon", b"icns\0\0\xe8\n" + b"\x80" * 300 + b"\n\xff", "unsupported", rules=["FIL-002"], name="a.icns")
told("found/sniff/keyring", b"\x99\1\x0d\4" + b"words" * 9, "unsupported", rules=["FIL-002"], name="a.gpg")
told("found/sniff/number_abbreviated", b"Nr. 5 of the list\n", "clean", name="notes.txt")
told("found/sniff/far_put_and_get", b"Vposix\np20000000\n0g20000000\nVsystem\n\x93(Vtrue\ntR.", "findings", rules=["PKL-304", "PKL-402"])
told("found/sniff/python", b"import os\nimport sys\n\n\ndef f():\n    os.system('true')\n" + b"# words\n" * 20_000,
     rules=["COD-101"], name="modeling.py")
told("found/sniff/python_by_no_name", b"import os\nimport sys\nprint(os)\n", rules=["COD-101"], name="modeling")
told("found/sniff/pickle_like_python", b"(import os\nsystem\n0" + SPEAKING,
     rules=[*RUNS, "PKL-102", "PKL-304", "PKL-305"])

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

# Hooks that are filled once the tensor has them.
args = [m.storage(), m.number(0), m.numbers(2, 3), m.numbers(3, 1), b"\x88", m.ORDERED_DICT + m.put(9)]
told("found/weights/hooks_filled_later", m.pickle(m.list_of(
    m.call(m.name("torch._utils", "_rebuild_tensor_v2"), *args),
    m.get(9) + m.number(1) + m.name("torch", "Size") + b"s")), rules=["PKL-203"])

# Names that do what dangerous ones do.
for name in """uuid._get_command_stdout _aix_support._read_cmd_output _osx_support._read_output pipes.Template mailcap.findmatch
        typing.get_type_hints dataclasses.make_dataclass tkinter.Tcl unittest.main optparse.Values inspect.getmembers
        operator.call itertools.starmap copy._reconstruct copyreg.__newobj__ weakref.finalize atexit.register
        concurrent.futures.ThreadPoolExecutor _imp.create_dynamic _frozen_importlib_external.SourceFileLoader dbm.open
        gzip.open codecs.open antigravity.geohash tracemalloc.Snapshot torch.storage._load_from_bytes
        torch.fx.graph_module.reduce_graph_module torch.utils.cpp_extension.load torch.package.PackageImporter
        numpy.distutils.exec_command.exec_command numpy.lib.npyio.load pandas.read_pickle
        unittest.__main__.main""".split():
    module, attribute = name.rsplit(".", 1)
    told(f"found/gadget/{name}", evil(module, attribute), rules=RUNS)

# The number that an old PyTorch file begins with is made by a call, or written as text.
told("found/legacy/computed_magic", legacy(magic=Call(Name("__builtin__", "eval"), "1")), rules=[*RUNS, "PKL-320"])
told("found/legacy/computed_by_a_stranger", legacy(magic=Call(Name("shop", "f"), "1")), rules=["PKL-102", "PKL-201", "PKL-320"])
told("found/legacy/magic_as_text", b"L119547037146038801333356L\n." + legacy()[len(dump(0x1950A86A20F9469CFC6C)):],
     rules=["PKL-304", "PKL-320"])
told("found/legacy/no_magic_at_all", legacy(magic={}), rules=["PKL-320"])
