"""Pages and texts that are code, texts that only look so, bytes that are no text, and names of files: cases written
from the rules alone.

Whoever wrote them had not read the scanner.
"""

import severity
from corpus import case

PYTHON = "import os\nimport sys\n\n\ndef main():\n    print(os.getcwd(), sys.argv)\n\n\nif __name__ == '__main__':\n    main()\n"
SHELL = "#!/bin/sh\nset -e\nfor f in *.bin; do\n  echo \"$f\"\ndone\n"


def told(id, name, content, *rules):
    content = content if isinstance(content, bytes) else content.encode()
    case("blind/x/" + id, verdict=severity.verdict(rules), rules=rules, covers=id)(lambda: {name: content})


# A page that is all code is a note; a text is what its content is.
for kind in ("md", "rst"):
    told(f"{kind}_all_python", "usage." + kind, PYTHON, "COD-112")
    told(f"{kind}_of_words", "usage." + kind, "How to use it\n=============\n\nImport the module, then call it.\n")
told("readme_all_python", "README.md", PYTHON, "COD-112")
told("text_all_python", "usage.txt", PYTHON, "COD-101")
told("no_name_all_python", "usage", PYTHON, "COD-101")
told("text_that_is_a_script", "notes.txt", SHELL, "COD-104")
told("no_name_that_is_a_script", "start", SHELL, "COD-104")
told("text_of_perl", "notes.txt", "#!/usr/bin/perl\nuse strict;\nprint 1;\n", "COD-104")
told("text_of_env_bash", "notes.txt", "#!/usr/bin/env bash\necho 1\n", "COD-104")
told("page_with_fences", "README.md", "# Use\n\n```python\n" + PYTHON + "```\n\n```sh\n" + SHELL + "```\n")
told("page_of_a_fence_alone", "README.md", "```python\n" + PYTHON + "```\n")
told("page_with_indented_code", "README.md", "# Use\n\nDo this:\n\n    import os\n    print(os.getcwd())\n\nand nothing else.\n")
told("page_with_prompts", "README.md", "# Use\n\n>>> import os\n>>> os.getcwd()\n'/'\n")
told("page_with_settings_first", "README.md", "---\nlicense: mit\ntags:\n- text\n---\n\n# A model\n\nimport it with care.\n")
told("page_with_code_among_words", "README.md", "# A model\n\nRun this:\n\nimport os\nprint(os.getcwd())\n\nThen look at what it says.\n")
told("rst_with_code_block", "usage.rst", "Use\n===\n\n.. code-block:: python\n\n   import os\n   os.getcwd()\n\nThat is all.\n")
told("words_that_begin_with_import", "notes.txt", "import duties rose in May.\nfrom there on they fell, and nobody asked why.\n")
told("words_that_begin_with_from", "notes.txt", "from the authors of the paper: import your own data first,\nthen train as long as you like.\n")
told("words_of_a_class", "notes.txt", "class of 1999: a list of names\nfor all who were there, while it lasts.\n")
told("requirements", "requirements.txt", "torch>=2.0\ntransformers==4.57.1 ; python_version > '3.9'\n# a note\n")
told("words_of_a_vocabulary", "vocab.txt", "[PAD]\n[UNK]\nimport\ndef\nclass\nos\nsystem\nreturn\n")
told("merges_of_code", "merges.txt", "#version: 0.2\ni m\nim port\nde f\nc lass\n")
told("citation", "CITATION.cff", "cff-version: 1.2.0\nmessage: Cite it.\nauthors:\n- family-names: Doe\n")
told("table", "labels.csv", "id,name\n0,import\n1,\"def f(x): return x\"\n")
told("results", "all_results.json", b'{"eval_loss": 1.5, "note": "import os; os.system"}\n')
told("lines_of_json", "log.jsonl", "".join('{"step": %d, "loss": %.3f}\n' % (i, 1 / (i + 1)) for i in range(200)))
told("page_of_the_web", "index.html", "<!doctype html>\n<html><body><script>alert(1)</script></body></html>\n")

for name in ("train.log", "labels.csv", "LICENSE", "index.html"):
    told("python_as_" + name.replace(".", "_").lower(), name, PYTHON, "COD-101")
for name in ("usage.markdown", "README.MD"):
    told("python_as_" + name.replace(".", "_").lower(), name, PYTHON, "COD-112")
told("page_of_a_docstring_and_python", "usage.md", '"""Doc."""\n' + PYTHON, "COD-112")
told("text_of_a_docstring_and_python", "usage.txt", '"""Doc."""\n' + PYTHON, "COD-101")
told("text_with_a_coding_line", "usage.txt", "# coding: latin-1\n" + PYTHON, "COD-101")
told("text_of_one_function", "usage.txt", "def f(x):\n    return x + 1\n", "COD-101")
told("page_that_begins_as_a_script", "README.md", SHELL, "COD-112")
told("text_that_ends_in_python", "usage.txt", "How to use it\n\nRun this, from the folder of the model:\n\n" + PYTHON)
told("picture_with_a_script", "a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>\n")
told("settings_of_npm", "package.json", b'{"name": "a", "scripts": {"postinstall": "true"}}\n')

# Code by name.
for id, name, content in (("build_file", "Makefile", "all:\n\techo 1\n"), ("build_of_cmake", "CMakeLists.txt", "project(a)\n"),
                          ("kernel", "kernel.cu", "__global__ void f() {}\n"), ("source_in_c", "a.cpp", "int main() { return 0; }\n"),
                          ("source_in_rust", "main.rs", "fn main() {}\n"), ("header", "a.h", "int f(void);\n")):
    told("name_of_a_" + id, name, content, "COD-107")
for name in ("sitecustomize.py", "conftest.py", "setup.py", "a/__init__.py"):
    told("python_" + name.replace("/", "_").replace(".", "_"), name, PYTHON, "COD-101")
told("python_empty", "empty.py", "\n", "COD-102")
told("python_of_rubbish", "rubbish.py", "((( 1 2 3 ]]]\n", "COD-102")

# Bytes that could each stand in a text, with many control characters among them, are none.
SMALL = b"\n\x05\x08\x01\x12\x01a\n\x05\x08\x02\x12\x01b\x1a\x04\x08\x03\x10\x07"
told("protobuf", "meta.pb", SMALL, "FIL-002")
told("protobuf_long", "meta.pb", SMALL * 40, "FIL-002")
told("protobuf_without_a_name", "state", SMALL * 3, "FIL-002")
told("controls_alone", "state", bytes(range(1, 9)) * 8, "FIL-002")
told("words_between_controls", "notes.txt", b"\x01\x02\x03some words and more\x04\x05" * 10, "FIL-002")
told("colours", "train.log", b"".join(b"\x1b[32mINFO\x1b[0m step %d loss 0.5\n" % i for i in range(60)))
told("progress", "train.log", b"".join(b"\r%3d%%|####      | %d/100" % (i, i) for i in range(100)) + b"\n")
told("form_feeds", "LICENSE", b"GNU GENERAL PUBLIC LICENSE\n\x0c\nVersion 2\n\x0c\n\tTerms\n" * 20)
told("one_control", "notes.txt", b"All is well here, but for one\x07 bell in a long line of words.\n" + b"More words.\n" * 50)
told("letters_of_the_world", "README.md", "# Größe 模型 модель نموذج 🤖\n")
told("zeroes", "state", bytes(64), "FIL-002")

# Names.
for id, name in (("newline", "a\nb.txt"), ("escape", "a\x1b[31mb.txt"), ("turned", "a\u202etxt.exe.txt"), ("unseen", "a\u200bb.txt"),
                 ("bell", "a\x07.txt")):
    told("name_with_" + id, name, "Words.\n", "FIL-008")
for id, name in (("spaces", "a b (1).txt"), ("umlauts", "Größe.txt"), ("chinese", "模型.txt"), ("signs", "a+b=c,d@e#f.txt"),
                 ("many_dots", "v1.0.2..txt"), ("dash_first", "-rf.txt"), ("heart", "\u2764\ufe0f.txt"), ("key", "1\ufe0f\u20e3.txt"),
                 ("sign_in_a_folder", "\u26a0\ufe0f/notes.txt")):
    told("name_of_" + id, name, "Words.\n")

# Promised and empty; allowed and empty.
for name in ("pytorch_model.bin", "a.zip"):
    told("empty_" + name.replace(".", "_"), name, b"", "FIL-010")
for name in ("README.md", ".gitkeep", "notes.txt", "README"):
    told("empty_" + name.strip(".").replace(".", "_"), name, b"")
