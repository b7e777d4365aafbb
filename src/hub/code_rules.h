#pragma once
// `COD-…`: what can run, beside weights. Found by content; `.py` also by name, because importers go
// by it. 2xx and 3xx: pictures and recordings, which cannot.

#include "findings/finding.h"

namespace gh::hub::rule {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr std::string_view kReadCode =
    "Remove it, or read it and sign the folder. Never set trust_remote_code for a folder that was "
    "not signed.";

inline constexpr Rule kPython{
    "COD-101",
    Severity::high,
    Effect::finding,
    "is Python source",
    "transformers imports the files that auto_map names, and what those import, with the rights "
    "of the server.",
    kReadCode,
    findings::Confidence::medium};
inline constexpr Rule kPythonName{
    "COD-102",
    Severity::high,
    Effect::finding,
    "has the name of Python source",
    "Importers go by the name. The content does not look like Python, and is run as Python.",
    kReadCode,
    findings::Confidence::medium};
inline constexpr Rule kBytecode{
    "COD-103",
    Severity::high,
    Effect::finding,
    "is compiled Python",
    "Python runs it in place of the source, which may say something else.",
    kReadCode};
inline constexpr Rule kScript{
    "COD-104",
    Severity::high,
    Effect::finding,
    "is a script",
    "Weights need no scripts. One that lies beside them waits for somebody to run it.",
    kReadCode,
    findings::Confidence::medium};
inline constexpr Rule kNative{
    "COD-105",
    Severity::high,
    Effect::finding,
    "is native code",
    "A library or program for the machine: loaded by ctypes, an extension or by hand, it does "
    "what it wants.",
    kReadCode};
inline constexpr Rule kNotebook{
    "COD-106",
    Severity::high,
    Effect::finding,
    "is a notebook",
    "Opened and run, its cells are programs with the rights of whoever opens it.",
    kReadCode};
inline constexpr Rule kOtherCode{
    "COD-107",
    Severity::high,
    Effect::finding,
    "is code that nothing here examines",
    "By its name it is a program's source, a build file, a library or a package of programs. Code "
    "of "
    "the model that is trusted compiles and loads such files; people build, install and run them.",
    kReadCode,
    findings::Confidence::medium};
inline constexpr Rule kGitRuns{
    "COD-108",
    Severity::high,
    Effect::finding,
    "makes git run a program, or take its settings from elsewhere",
    "Whoever uses git in that folder, or an editor or prompt that does so unasked, runs what the "
    "settings name: as a pager, a filter, a hook, a helper or an alias.",
    "Remove the setting, or clone the repository again: its settings do not come from its author."};
inline constexpr Rule kIdleHook{"COD-109",
                                Severity::info,
                                Effect::finding,
                                "is a hook of git that does nothing of its own",
                                "A sample, which git does not run under that name, or the lines "
                                "that Git LFS writes, which call "
                                "Git LFS and nothing else.",
                                "Nothing. Leave the folder .git out of what is published."};
inline constexpr Rule kGitObjects{
    "COD-110",
    Severity::low,
    Effect::finding,
    "holds files of other times that were not looked into",
    "A pack of git is what it was taken for, by its form. What it keeps, older and deleted files "
    "among them, is stored as differences and was not examined; no loader reads it there.",
    "Leave the folder .git out of what is published. Who checks another version out scans again."};
inline constexpr Rule kPickledType{
    "COD-111",
    Severity::high,
    Effect::finding,
    "is a table with a type that is a pickle",
    "PyArrow before 14.0.1 unpickles the definition of such a type when it opens the file "
    "(CVE-2023-47248), and later versions do so where a program asks for it.",
    "Do not open it with a PyArrow that is older. Write the table again with plain types."};
inline constexpr Rule kPageOfCode{
    "COD-112",
    Severity::low,
    Effect::finding,
    "is code under the name of a page",
    "From its first line to its last it is a program or begins like one, but nothing imports or "
    "starts a file of that name: a person would have to.",
    "Nothing for serving. Put the code between marks (```), or do not run the page.",
    findings::Confidence::medium};
inline constexpr Rule kBehindImage{
    "COD-201",
    Severity::low,
    Effect::finding,
    "has bytes behind its picture or recording",
    "Programs that show or play it stop at its end; what follows is seen by whoever looks for it.",
    "Save it again, or find out what the bytes are."};
inline constexpr Rule kCutImage{
    "COD-202",
    Severity::low,
    Effect::finding,
    "is a picture or a recording that breaks off or is malformed",
    "The bytes end inside one of its parts, or something else stands where a part has to: programs "
    "show or play a part of it, or none, and what follows is seen by whoever looks for it.",
    "Fetch it again, or remove it."};
inline constexpr Rule kManyChunks{"COD-301",
                                  Severity::low,
                                  Effect::inconclusive,
                                  "is a picture or a recording of more parts than are followed",
                                  "Whether anything lies behind its end was not seen.",
                                  "Save it again, or remove it."};

}  // namespace gh::hub::rule
