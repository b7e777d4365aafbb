#!/usr/bin/env python3
"""That the program is hardened as docs/contributing.md says: what the compiler and the linker have
really left in it, whatever the flags were meant to do.

usage: hardening_test.py GATEHOUSE [--optimised] [--stripped]

A program that is `--stripped` has no debug information in which options could be read.
"""

import re
import shutil
import subprocess
import sys

ENDBR64 = b"\xf3\x0f\x1e\xfa"  # where an indirect call or jump may land
PROBE = b"\x48\x83\x0c\x24\x00"  # orq $0,(%rsp): touches a page of a large frame, one after the other
CLEARED = re.compile(  # two and more of %rcx, %rdx, %rsi, %rdi, %r8 to %r11, and then ret
    rb"(?:\x31[\xd2\xc9\xf6\xff]|\x45\x31[\xc0\xc9\xd2\xdb]){2,}\xc3")
# Which g++ writes down for each source that it compiles. Where the linker makes the code, it follows
# them all the same: they go by function or are done with before.
OPTIONS = ["-fstack-protector-strong", "-fstack-clash-protection", "-fcf-protection=full",
           "-ftrivial-auto-var-init=zero"]


def readelf(option, program, *more):
    return subprocess.run(["readelf", option, *more, "-W", program], capture_output=True, text=True,
                          check=True).stdout


def flags_of(program):
    """{type: flags} of the program headers, and the flags of all segments that are loaded."""
    headers, loaded = {}, []
    for line in readelf("-l", program).splitlines():
        found = re.match(r" +([A-Z_]+) +0x\w+ 0x\w+ 0x\w+ 0x\w+ 0x\w+ ([RWE ]{3})", line)
        if found:
            headers[found[1]] = found[2].replace(" ", "")
            if found[1] == "LOAD":
                loaded.append(headers["LOAD"])
    return headers, loaded


def code_of(program):
    """The bytes of .text."""
    found = re.search(r" \.text +PROGBITS +\w+ (\w+) (\w+) ", readelf("-S", program))
    with open(program, "rb") as file:
        file.seek(int(found[1], 16))
        return file.read(int(found[2], 16))


def units_of(program):
    """How each source of ours was compiled: the options of g++, as the debug information has them."""
    shown = readelf("--debug-dump=info", program, "--dwarf-depth=1")
    return [options.split() for options in re.findall(r"DW_AT_producer .*: GNU C\+\+(.*)", shown)]


def failures(program, optimised, stripped):
    """What the program lacks."""
    headers, loaded = flags_of(program)
    dynamic = readelf("-d", program)
    symbols = set(re.findall(r" UND (\w+)", readelf("--dyn-syms", program)))
    flags = " ".join(re.findall(r"\((?:FLAGS|FLAGS_1)\) +(.*)", dynamic)).split()
    checked = {name for name in symbols if re.fullmatch(r"__\w+_chk", name)}
    wanted = {
        "a place in memory that changes (PIE)":
            "DYN (Position-Independent" in readelf("-h", program) and "PIE" in flags,
        "relocations that are read-only afterwards (RELRO)": headers.get("GNU_RELRO") == "R",
        "all of them, resolved at the start (BIND_NOW)": {"BIND_NOW", "NOW"} <= set(flags),
        "no relocations in code": "TEXTREL" not in dynamic,
        "a stack that is not executable": headers.get("GNU_STACK") == "RW",
        "no memory that can be both written and executed":
            len(loaded) > 1 and not any({"W", "E"} <= set(part) for part in loaded),
        "code apart from data": "RE" in loaded and "R" in loaded,
        "stack protectors": "__stack_chk_fail" in symbols,
        "assertions of the C++ library":
            any("__glibcxx_assert_fail" in symbol for symbol in symbols),
        "no path to libraries of its own": "RPATH" not in dynamic and "RUNPATH" not in dynamic,
    }
    if "X86-64" in readelf("-h", program):
        # Thousands of functions are called through tables; without the option only a handful of
        # marks come in with the C library's start files.
        code = code_of(program)
        wanted["marks for control-flow protection"] = code.count(ENDBR64) > 1000
        wanted["probes of large frames (stack clash)"] = code.count(PROBE) > 5  # few are so large
        # The option is lost where the linker makes the code and is not given it, too.
        wanted["registers that are cleared on return"] = len(CLEARED.findall(code)) > 1000
    if optimised:
        wanted["checked variants of libc's functions (_FORTIFY_SOURCE)"] = len(checked) >= 3
    units = units_of(program)
    if not stripped:
        wanted["debug information of every source"] = len(units) > 400
    for option in OPTIONS if units else ():
        wanted[f"{option} in every source"] = all(option in options for options in units)
    print(f"{len(wanted)} properties; {len(units)} sources; "
          f"checked functions: {', '.join(sorted(checked)) or 'none'}")
    return [what for what, holds in wanted.items() if not holds]


def main():
    if not shutil.which("readelf"):
        print("SKIPPED: readelf is not installed (package binutils)")
        return 77
    options = sys.argv[2:]
    missing = failures(sys.argv[1], "--optimised" in options, "--stripped" in options)
    for what in missing:
        print(f"missing: {what}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
