"""What runs by itself when a folder is on a path or its files are opened, and what is installed: by name or content."""

import io
import zipfile

from corpus import case

ELF = b"\x7fELF\x02\x01\x01" + bytes(57)
CLASS = b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(60)


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def library(*members, magic=b"!<arch>\n"):
    """A static library, as ar writes it."""
    out = magic
    for name, content in members:
        out += b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, 0, 0, 0, b"100644", len(content)) + content
        out += b"\n" * (len(content) % 2)
    return out


def told(name, content, *rules, verdict="findings", id=None):
    case("startup/" + (id or name.replace("/", "_")), verdict=verdict, rules=rules)(lambda: {name: content})


def clean(name, content, id=None):
    told(name, content, verdict="clean", id=id)


# Python runs these when it starts, or when the folder is on its path.
told("sitecustomize.py", b"import os\nos.getcwd()\n", "COD-101")
told("usercustomize.py", b"x = 1\n", "COD-102")
told("conftest.py", b"def pytest_configure(config):\n    pass\n", "COD-101")
told("setup.py", b"print(1)\n", "COD-102")
told("start.pth", b"import os; os.getcwd()\n", "COD-101")
told("paths.pth", b"../lib\nimport os\n", "FIL-001")
told("words.pth", b"../lib\n", "FIL-001")
told("python311._pth", b".\nimport site\n", "COD-104")
told("x.egg-link", b"/tmp/x\n", "COD-104")

# Shells, desktops, schedulers, builds.
for name in ("run.sh", "a.service", "a.timer", "a.socket", "a.desktop", "a.cron", "sub/a.SERVICE"):
    told(name, b"plain words\n", "COD-104")
for name in (".bashrc", ".profile", ".zshenv", ".envrc", "crontab", "autorun.inf", "Makefile", "rules.mk", "justfile", "Jenkinsfile",
             "Vagrantfile", "Procfile", "meson.build", "BUILD.bazel", "WORKSPACE", "Dockerfile", "Dockerfile.gpu", "a.dockerfile",
             "a.nix", "a.wat", "a.ll"):
    told(name, b"plain words\n", "COD-107")
for name in (".vimrc", ".gvimrc", ".nvimrc", ".exrc", ".gdbinit", ".lldbinit", ".inputrc", ".irbrc", ".pryrc", ".pdbrc", ".Rprofile"):
    told(name, b"plain words\n", "COD-107")
told("notes.txt", b"@echo off\r\npowershell -c iex\r\n", "COD-104", id="batch_as_text")
clean("notes.txt", b"@echo off is how they begin.\n", id="words_about_batch")
told(".git/hooks/post-checkout", b"echo hello\n", "COD-104")
told("sub/.git/hooks/pre-commit", b"echo hello\n", "COD-104")
told("a.ipynb", b'{"cells": [], "metadata": {}, "nbformat": 4}', "COD-106")

# Native code.
told("lib.a", library((b"x.o/", ELF)), "COD-105")
told("empty.a", library(), "COD-105")
told("thin.a", library(magic=b"!<thin>\n"), "COD-105")
told("x.lib", library((b"x.obj/", ELF)), "COD-105")
told("tool.deb", library((b"debian-binary", b"2.0\n")), "COD-105")
told("pytorch_model.bin", library((b"x.o/", ELF)), "COD-105", id="library_as_weights")
told("notes.txt", library((b"x.o/", ELF)), "COD-105", "FIL-001", id="library_as_text")
told("model.safetensors", library((b"x.o/", ELF)), "COD-105", "FIL-001", id="library_as_safetensors")
told("x.a", b"INPUT(other.a)\n", "COD-107", id="library_of_words")
told("x.o", b"\x64\x86\1\2\3", "COD-107", id="object_of_windows")
told("a.zip", zipped({"lib.a": library((b"x.o/", ELF))}), "COD-105", id="library_in_a_zip")
told("a.zip", zipped({"sitecustomize.py": b"import os\n", "x.service": b"words\n"}), "COD-101", "COD-104", id="startup_in_a_zip")

# What is installed, or run as it is.
told("a.jar", zipped({"META-INF/MANIFEST.MF": b"Main-Class: A\n", "A.class": CLASS}), "COD-105", "COD-107")
told("manifest.jar", zipped({"META-INF/MANIFEST.MF": b"Class-Path: ../b.jar\n"}), "COD-107")
told("a.whl", zipped({"a/__init__.py": b"", "a-1.dist-info/METADATA": b"Name: a\n"}), "COD-107")
told("b.whl", zipped({"b.py": b"import os\n", "b.so": ELF}), "COD-101", "COD-105", "COD-107")
told("a.egg", zipped({"a.txt": b"words\n"}), "COD-107")
told("a.pyz", zipped({"__main__.py": b"import os\n"}), "COD-101", "COD-107")
told("a.nupkg", zipped({"a.nuspec": b"<package/>"}), "COD-107")
told("words.whl", b"plain words\n", "COD-107")
told("a.zip", zipped({"b.jar": zipped({"A.class": CLASS})}), "COD-105", "COD-107", id="jar_in_a_zip")

# What lies in model folders by right.
for name in ("README.md", "README", "LICENSE", "LICENSE.txt", "NOTICE", "USE_POLICY.md", "MODEL_CARD", "requirements.txt",
             ".gitattributes", ".gitignore", "merges.txt", "labels.txt", "CITATION.cff", "notes.service.md", "makefile.txt",
             "Dockerfile-notes", "a.pth.txt", "jar.md", "hooks/checkout", ".git/hooks/pre-push.sample", "post-checkout.md", "conftest.txt",
             "crontab.md", "bashrc", "workspace", "a.socket.txt", "library.a.md", "install.md", "Modelfile"):
    clean(name, b"plain words\nand more of them\n" if name != "merges.txt" else b"#version: 0.2\na b\n")
clean("README.rst", b"Usage\n=====\n\n.. code-block:: sh\n\n   ./run.sh --service x\n")
clean("about.txt", b"An archive begins with !<arch> and a new line.\n")
clean("__init__.py", b"")
clean("a.zip", zipped({"README.md": b"words\n", "LICENSE": b"words\n"}), id="texts_in_a_zip")
