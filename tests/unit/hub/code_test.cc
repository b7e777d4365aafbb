#include "hub/code.h"

#include <gtest/gtest.h>

#include "examined.h"
#include "hub/python_text.h"

namespace gh::hub {
namespace {

using std::string_view_literals::operator""sv;

TEST(Code, Found) {
  const Case cases[] = {
      {"modeling.py", "import os\n", "COD-101"},
      {"notes.txt", "import os\n\n\ndef f():\n    pass\n", "COD-101"},
      {"LICENSE", "#!/usr/bin/env python3\nprint(1)\n", "COD-101"},
      {"a", "\"\"\"Says\nmuch prose here.\n\"\"\"\nfrom os import (path,\n  sep)\nX = 1\n",
       "COD-101"},
      {"a.txt", "exec(open('x').read())\n", "COD-101"},
      {"a.py", "Just prose, no code.\n", "COD-102"},
      {"a.py", "", "COD-102"},
      {"A.PY", "x\n", "COD-102"},
      {"a.py", "\xff\xfe", "COD-102"},
      {"a.pyc", "\xa7\x0d\x0d\x0a\0\0\0\0\0\0\0\0\0\0\0\0\xe3\0\0\0\0"sv, "COD-103"},
      {"a.bin", "\xa7\x0d\x0d\x0a\0\0\0\0\0\0\0\0\0\0\0\0\xe3\0\0\0\0"sv, "COD-103"},
      {"run.sh", "echo hello\n", "COD-104"},
      {"run", "#!/bin/sh\necho hello\n", "COD-104"},
      {"x.bat", "echo\n", "COD-104"},
      {"lib.so",
       "\x7f"
       "ELF\x02\x01\x01\0\0\0"sv,
       "COD-105"},
      {"data.bin",
       "\x7f"
       "ELF\x02\x01\x01\0\0\0"sv,
       "COD-105"},
      {"a", "\xcf\xfa\xed\xfe\x07\0\0\x01"sv, "COD-105"},
      {"a", "\xca\xfe\xba\xbe\0\0\0\x02"sv, "COD-105"},
      {"A.class", "\xca\xfe\xba\xbe\0\0\0\x34"sv, "COD-105"},
      {"a.wasm", "\0asm\x01\0\0\0"sv, "COD-105"},
      {"a.bc", "BC\xC0\xDE\x35\x14"sv, "COD-105"},
      {"lib.a", "!<arch>\nx.o/            0           0     0     100644  4         `\nabcd",
       "COD-105"},
      {"weights.bin", "!<thin>\n", "COD-105"},
      {"a.deb", "!<arch>\ndebian-binary   ", "COD-105"},
      {"a.ipynb", R"({"cells": [], "nbformat": 4, "metadata": {}})", "COD-106"},
      {"a.json", R"({"cells": [], "nbformat": 4, "metadata": {}})", "COD-106"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Code, WindowsPrograms) {
  std::string program("MZ");
  program.resize(0x80);
  program[0x3c] = '\x40';
  program.replace(0x40, 4, "PE\0\0"sv);
  EXPECT_EQ(found("a.dll", program), "COD-105");
  program[0x40] = 'x';
  EXPECT_EQ(found("a.bin", program), "unknown");
  EXPECT_EQ(found("a.dll", program), "COD-107");
}

TEST(Code, ByNamesThatToolsGoBy) {
  for (const char* const name : {"dockerfile",   "Containerfile.x",
                                 "BSDmakefile",  "Makefile.am",
                                 "makefile.inc", "x.mak",
                                 "Kbuild",       "build.ninja",
                                 "configure.ac", "x.m4",
                                 "BUILD",        "BUCK",
                                 "wscript",      "Snakefile",
                                 "x.smk",        "Brewfile",
                                 "Podfile",      "x.podspec",
                                 "Fastfile",     "Guardfile",
                                 "Thorfile",     "Berksfile",
                                 "Dangerfile",   "x.gemspec",
                                 "Earthfile",    "Tiltfile",
                                 "Singularity",  "Singularity.def",
                                 ".cshrc",       ".tcshrc",
                                 ".bash_login",  ".kshrc",
                                 "x.coffee"})
    EXPECT_EQ(found(name, "x = system(\"id\")\n"), "COD-107") << name;
  for (const char* const name :
       {"x.rake",   "x.erb",  "x.ipy",   "x.sage",   "x.xsh",   ".dir-locals.el",
        "x.el",     "x.nu",   "x.dash",  "x.ash",    "x.ksh93", "x.bats",
        "x.expect", "x.cgi",  "x.slurm", "x.sbatch", "x.php5",  "x.phtml",
        "x.raku",   "x.psd1", "x.jse",   "x.wsh",    "x.sct"})
    EXPECT_EQ(found(name, "x = system(\"id\")\n"), "COD-104") << name;
  for (const char* const name : {"build", "BUILDING", "buck.txt", "wscript.txt", "a.def"})
    EXPECT_EQ(found(name, "x = system(\"id\")\n"), "") << name;
}

TEST(Code, OfOtherLanguages) {
  const Case cases[] = {
      {"app.js", "import x from 'y'\nconst a = 1\n", "COD-107"},
      {"main.c", "#include <stdio.h>\nint main() { return 0; }\n", "COD-107"},
      {"kernel.CU", "__global__ void f() {}\n", "COD-107"},
      {"a/b/fast.pyx", "cdef int x\n", "COD-107"},
      {"fit.R", "library(x)\n", "COD-107"},
      {"Makefile", "all:\n\techo\n", "COD-107"},
      {"Dockerfile", "FROM scratch\n", "COD-107"},
      {"lib.so", "INPUT(libc.so.6)\n", "COD-107"},
      {"x.js", "{}", "COD-107"},
      {"x.js", "\xff\xfe", "COD-107"},
      {"install.ps1", "iwr x | iex\n", "COD-104"},
      {"install.bat", "{}", "COD-104"},
      {"x.py", "{}", "COD-102"},
      {"x.PYW", "[1, 2]", "COD-102"},
      {"page", "<?php system('id'); ?>\n", "COD-104"},
      {"start.desktop", "[Desktop Entry]\nExec=id\n", "COD-104"},
      {"a.service", "[Service]\nExecStart=id\n", "COD-104"},
      {"A.TIMER", "[Timer]\n", "COD-104"},
      {"python311._pth", ".\nimport site\n", "COD-104"},
      {"x.egg-link", "/tmp/x\n", "COD-104"},
      {".git/hooks/post-checkout", "echo\n", "COD-104"},
      {"a/.git/hooks/pre-commit", "echo\n", "COD-104"},
      {"Dockerfile.gpu", "FROM scratch\n", "COD-107"},
      {".bashrc", "alias a=b\n", "COD-107"},
      {".vimrc", "autocmd * !id\n", "COD-107"},
      {"a/.gdbinit", "shell id\n", "COD-107"},
      {"x.txt", "@echo off\r\npowershell -c iex\r\n", "COD-104"},
      {"x.txt", "@ECHO OFF \nid\n", "COD-104"},
      {"x.txt", "@echo off is how they begin\n", ""},
      {"vimrc.txt", "set nocompatible\n", ""},
      {"a.whl", "words\n", "COD-107"},
      {"x.a", "INPUT(y.a)\n", "COD-107"},
      {"x.o", "\x64\x86\xff"sv, "COD-107"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.path;
}

TEST(Code, UnderTheNameOfAPage) {
  const Case cases[] = {
      {"README.md", "from transformers import pipeline\n\npipe = pipeline('x')\n", "COD-112"},
      {"docs/a.Markdown", "#!/bin/sh\necho\n", "COD-112"},
      {"a.rst", "#!/usr/bin/env python3\nprint(1)\n", "COD-112"},
      {"README.txt", "import os\nos.getcwd()\n", "COD-112"},
      {"a.md", "<?php x(); ?>\n", "COD-112"},
      {"a.md", "@echo off\nid\n", "COD-112"},
      {"README.md", "import os\n\nwhich does it.\n", ""},
      {"README.md", "```python\nimport os\n```\n", ""},
      {"README.md", "#!markdown is not what this says\n", "COD-112"},
      {"README", "#!/bin/sh\necho\n", "COD-104"},
      {"notes.txt", "import os\nos.getcwd()\n", "COD-101"},
      {"Dockerfile.md", "FROM x\n", "COD-107"},
      {"a.md.py", "import os\n", "COD-101"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Code, ForAMachineByItsFirstBytes) {
  const auto judged = [](std::string_view bytes) {
    source::MemorySource source(bytes);
    findings::Examination examination(0);
    DocumentFacts facts;
    const bool known = examine_machine_code(source, "model.safetensors", examination, &facts);
    EXPECT_EQ(known, !examination.findings().empty());
    EXPECT_EQ(known, facts.kind == DocumentKind::code);
    return known;
  };
  EXPECT_TRUE(
      judged("\x7f"
             "ELF\x02\x01\x01"));
  EXPECT_TRUE(judged("\xcf\xfa\xed\xfe\x07\0\0\x01"sv));
  EXPECT_FALSE(judged("#!/bin/sh\n"));
  EXPECT_FALSE(judged("import os\n"));
  EXPECT_FALSE(judged(""));
}

TEST(Code, None) {
  const Case cases[] = {
      {"README.md", "---\nlicense: mit\n---\n# A model\n\n```python\nimport os\n```\n", ""},
      {"README.md", "# Heading\n\nimport the model, then run it.\n", ""},
      {"LICENSE", "Permission is hereby granted, free of charge, to any person\n", ""},
      {"requirements.txt", "torch>=2.0\ntransformers==4.50\n", ""},
      {"notes.txt", "from the beginning\nto the end\n", ""},
      {"page.html", "<html><script>alert(1)</script></html>", ""},
      {"data.csv", "a,b\n1,2\n", ""},
      {"settings.ini", "[a]\nb = 1\nc = 2\n", ""},
      {"settings.toml", "[a]\nb = [1, 2]\n", ""},
      {".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n", ""},
      {"data.jsonl", "{\"a\": 1}\n{\"a\": 2}\n", ""},
      {"a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", ""},
      {"a.h5.md", "words\n", ""},
      {"x.tsv", "a\tb\n", ""},
      {"makefile.txt", "words\n", ""},
      {".git/hooks/pre-push.sample", "words\n", ""},
      {"hooks/checkout", "words\n", ""},
      {"post-checkout.md", "words\n", ""},
      {"a.service.md", "words\n", ""},
      {"service", "words\n", ""},
      {"Dockerfile-notes", "words\n", ""},
      {"jar.txt", "words\n", ""},
      {"library.a.txt", "words\n", ""},
      {"about.txt", "It begins with !<arch>\n", ""},
      {"about.txt", "!<arch> and words\n", ""},
      {"bashrc", "words\n", ""},
      {"a.txt", "", ""},
      {"MZ.txt", "MZ is a text here\n", ""},
      {"a.bin", "\x01\x02\x03\x80"sv, "unknown"},
      {"a.txt", "latin \xe9 text"sv, "unknown"},
      {"a.txt", "nul \0 inside"sv, "unknown"},
      {"a.class", "\xca\xfe"sv, "unknown"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Code, Pictures) {
  const std::string png =
      std::string("\x89PNG\r\n\x1a\n\0\0\0\0IHDR\0\0\0\0\0\0\0\0IEND\0\0\0\0"sv);
  EXPECT_EQ(found("a.png", png), "");
  EXPECT_EQ(found("a.png", png + "more"), "COD-201");
  const std::string jpeg = std::string(
      "\xff\xd8\xff\xe0\0\4ab\xff\xda\0\3x"
      "scan\xff\0\xff\xd0scan\xff\xff\xd9"sv);
  EXPECT_EQ(found("a.jpg", jpeg), "");
  EXPECT_EQ(found("a.jpg", jpeg + "more"), "COD-201");
  EXPECT_EQ(found("a.jpg", jpeg + "\x80\x02N.\xff\xd9"), "COD-201");
  const std::string gif =
      std::string("GIF89a\1\0\1\0\x80\0\0rgbRGB!\xf9\2ab\0,\0\0\0\0\1\0\1\0\0\2\3abc\1d\0;"sv);
  EXPECT_EQ(found("a.gif", gif), "");
  EXPECT_EQ(found("a.gif", gif + "x"), "COD-201");
  EXPECT_EQ(found("a.gif", gif + "\x80\x02N.;"), "COD-201");
  const std::string webp = std::string("RIFF\x12\0\0\0WEBPVP8 \5\0\0\0abcde\0"sv);
  EXPECT_EQ(found("a.webp", webp), "");
  EXPECT_EQ(found("a.webp", webp + "x"), "COD-201");
  EXPECT_EQ(examined("a.png", png).facts.kind, DocumentKind::image);
}

TEST(Code, PicturesThatAreMalformed) {
  for (const std::string_view bytes :
       {"\xff\xd8\xff\xe0"sv, "\xff\xd8\xff\xe0\0\4ab"sv, "\xff\xd8\xff\xe0\0\1ab\xff\xd9"sv,
        "\xff\xd8\xff\xe0\xff\4ab\xff\xd9"sv, "\xff\xd8\xff\xe0\0\2\x80\x02N.\xff\xd9"sv,
        "\xff\xd8\xff\xda\0\2scan"sv, "\xff\xd8\xff\xda\0\2scan\xff"sv,
        "\xff\xd8\xff\xd8\xff\xd9"sv})
    EXPECT_EQ(found("a.jpg", bytes), "COD-202") << bytes;
  for (const std::string_view bytes :
       {"GIF89a\0..;"sv, "GIF89a\1\0\1\0\0\0\0"sv, "GIF89a\1\0\1\0\0\0\0\x80\x02N.;"sv,
        "GIF89a\1\0\1\0\x87\0\0rgb;"sv, "GIF89a\1\0\1\0\0\0\0!\xf9\2ab;"sv,
        "GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\3ab"sv})
    EXPECT_EQ(found("a.gif", bytes), "COD-202") << bytes;
  for (const std::string_view bytes :
       {"RIFF\x08\0\0\0WEBPVP8 "sv, "RIFF\x13\0\0\0WEBPVP8 \5\0\0\0abcde\0"sv,
        "RIFF\xff\0\0\0WEBPVP8 \5\0\0\0abcde\0"sv, "RIFF\x12\0\0\0WEBPVP8 \xff\0\0\0abcde\0"sv,
        "RIFF\x12\0\0\0WEBPevil\5\0\0\0abcde\0"sv, "RIFF\4\0\0\0WEBPVP8 \5\0\0\0abcde\0"sv})
    EXPECT_EQ(found("a.webp", bytes), "COD-202") << bytes;
}

// An end that was not found is none.
TEST(Code, PicturesWithoutEnd) {
  const std::string head("\x89PNG\r\n\x1a\n\0\0\0\0IHDR\0\0\0\0"sv);
  const std::string end("\0\0\0\0IEND\0\0\0\0"sv);
  const std::string empty("\0\0\0\0tEXt\0\0\0\0"sv);
  EXPECT_EQ(found("a.png", head), "COD-202");
  EXPECT_EQ(found("a.png", head.substr(0, 8)), "COD-202");
  EXPECT_EQ(found("a.png", head + end.substr(0, 11)), "COD-202");
  EXPECT_EQ(found("a.png", head + "\xff\xff\xff\xffIDATdata"), "COD-202");
  EXPECT_EQ(found("a.png", head + std::string("\0\0\0\4IENDdata\0\0\0\0"sv)), "COD-201");
  std::string many = head;
  for (int i = 0; i < 100'000; ++i) many += empty;
  EXPECT_EQ(found("a.png", many + end), "COD-301");
}

// Whoever reads a text reads this one.
TEST(Code, TextsThatBeginAsPictures) {
  EXPECT_EQ(found("hparams", "GIF89a: 1\nmodel:\n  _target_: os.system # ;"), "CFG-107");
  EXPECT_EQ(found("hparams", "RIFFxxxxWEBP: 1\n_target_: os.system\n"), "CFG-107");
}

TEST(Code, PythonAmongTexts) {
  for (const std::string_view text :
       {"import os", "import os, sys\nx = 1\n", "from a import b\n@c\nclass D(E):\n  pass\n",
        "# comment\nimport a.b as c\nif c:\n  pass\nelse:\n  pass\n",
        "def f(a,\n      b):\n  pass\n", "x = [\n  1,\n]\nimport y\n",
        "__import__('os').system('id')\n", "import a; a.b()\n",
        "try:\n  import a\nexcept E:\n  pass\ndef f(): pass\n"})
    EXPECT_TRUE(looks_like_python(text)) << text;
  for (const std::string_view text :
       {"", "\n", "x = 1\n", "import the thing that you need", "import\n", "print('hello')\n",
        "class of 2024\n", "def\n", "from here on import is fine\n", "# import os\n",
        "'import os'\n", "import os\nand then say something\n", "for more, see below\nimport x\n",
        "    import os\n", "key: value\nimport: yes\n"})
    EXPECT_FALSE(looks_like_python(text)) << text;
}

}  // namespace
}  // namespace gh::hub
