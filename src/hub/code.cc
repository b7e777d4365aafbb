#include "hub/code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "hub/code_rules.h"
#include "hub/python_text.h"
#include "source/bytes.h"

namespace gh::hub {

namespace {

using std::string_view_literals::operator""sv;

using source::big_endian;
using source::little_endian;

}  // namespace

std::string_view native_code(std::string_view head) {
  if (head.starts_with("\x7f"
                       "ELF"))
    return "ELF";
  if (head.starts_with("MZ") && head.size() >= 64) {
    const std::uint64_t at = little_endian(head, 60, 4);
    // An image with its second header far away is one all the same.
    if (at >= head.size() || head.substr(at).starts_with("PE\0\0"sv)) return "a Windows program";
  }
  switch (big_endian(head, 0, 4)) {
    case 0xfeedface:
    case 0xfeedfacf:
    case 0xcefaedfe:
    case 0xcffaedfe:
      return "Mach-O";
    case 0xcafebabe:
      // Java's version is 45 or more, a universal binary has few parts.
      return big_endian(head, 4, 4) >= 45 ? "a Java class" : "Mach-O";
    default:
      break;
  }
  if (head.starts_with("\0asm"sv)) return "WebAssembly";
  if (head.starts_with("BC\xC0\xDE"sv)) return "LLVM bitcode";
  if (head.starts_with("dex\n")) return "Dalvik code";
  if (head.starts_with("!<arch>\ndebian-binary")) return "a Debian package";
  if (head.starts_with("!<arch>\n") || head.starts_with("!<thin>\n")) return "a static library";
  return "";
}

// Two bytes of version, CR LF, flags, eight bytes about the source, then a marshalled code object.
// Before 3.7 and 3.3 the header was shorter.
bool is_python_bytecode(std::string_view head) {
  if (head.size() < 20 || head[2] != '\r' || head[3] != '\n') return false;
  const auto is_code = [&](std::size_t at) {
    return (static_cast<unsigned char>(head[at]) & 0x7fu) == 'c';
  };
  return is_code(16) || is_code(12) || is_code(8);
}

namespace {

// Run by a shell, a desktop or an interpreter that comes with the system.
constexpr auto kScripts = std::to_array<std::string_view>(
    {".sh",      ".bash",        ".zsh",     ".fish",   ".csh",    ".ksh",  ".bat",  ".cmd",
     ".ps1",     ".psm1",        ".vbs",     ".vbe",    ".wsf",    ".hta",  ".reg",  ".awk",
     ".command", ".rb",          ".pl",      ".pm",     ".lua",    ".php",  ".tcl",  ".scpt",
     ".desktop", ".applescript", ".service", ".timer",  ".socket", ".cron", "._pth", ".egg-link",
     ".dash",    ".ash",         ".ksh93",   ".bats",   ".nu",     ".xsh",  ".ipy",  ".sage",
     ".expect",  ".cgi",         ".slurm",   ".sbatch", ".psd1",   ".jse",  ".wsh",  ".sct",
     ".rake",    ".erb",         ".raku",    ".php5",   ".phtml",  ".el"});

// Compiled, run by a runtime, or loaded as a library.
constexpr auto kSources = std::to_array<std::string_view>(
    {".c",      ".cc",    ".cpp",   ".cxx",     ".c++",     ".h",     ".hh",         ".hpp",
     ".hxx",    ".cu",    ".cuh",   ".ptx",     ".cl",      ".hip",   ".metal",      ".wgsl",
     ".pyx",    ".pxd",   ".pxi",   ".r",       ".rmd",     ".jl",    ".js",         ".mjs",
     ".cjs",    ".jsx",   ".ts",    ".tsx",     ".go",      ".rs",    ".java",       ".kt",
     ".scala",  ".swift", ".m",     ".mm",      ".cs",      ".fs",    ".vb",         ".f",
     ".f90",    ".f95",   ".asm",   ".s",       ".nim",     ".zig",   ".dart",       ".ex",
     ".exs",    ".erl",   ".hs",    ".ml",      ".lisp",    ".scm",   ".clj",        ".groovy",
     ".gradle", ".mojo",  ".cmake", ".so",      ".dll",     ".dylib", ".pyd",        ".exe",
     ".node",   ".msi",   ".scr",   ".com",     ".o",       ".a",     ".lib",        ".ko",
     ".ll",     ".wat",   ".mk",    ".nix",     ".bzl",     ".bazel", ".dockerfile", ".mak",
     ".ninja",  ".m4",    ".smk",   ".gemspec", ".podspec", ".coffee"});

// Zip archives that are installed, or run as they are.
constexpr auto kPackages =
    std::to_array<std::string_view>({".jar", ".war", ".ear", ".aar", ".apk", ".whl", ".egg", ".pyz",
                                     ".pyzw", ".nupkg", ".vsix", ".xpi"});

// What a shell, an editor, a debugger, a build or a scheduler reads by its whole name.
constexpr auto kBuildFiles = std::to_array<std::string_view>(
    {".envrc",      "Makefile",      "makefile",    "GNUmakefile",  "CMakeLists.txt",
     "Dockerfile",  "Containerfile", "Justfile",    "justfile",     "Jenkinsfile",
     "Vagrantfile", "Procfile",      "Rakefile",    "Gemfile",      "SConstruct",
     "SConscript",  "meson.build",   "WORKSPACE",   "crontab",      "autorun.inf",
     ".bashrc",     ".bash_profile", ".profile",    ".zshrc",       ".zshenv",
     ".zprofile",   ".xonshrc",      ".vimrc",      ".gvimrc",      ".nvimrc",
     ".exrc",       ".gdbinit",      ".lldbinit",   ".inputrc",     ".irbrc",
     ".pryrc",      ".pdbrc",        ".Rprofile",   "dockerfile",   "containerfile",
     "BSDmakefile", "makefile.inc",  "Kbuild",      "configure.ac", "BUILD",
     "BUCK",        "wscript",       "Snakefile",   "Brewfile",     "Podfile",
     "Fastfile",    "Guardfile",     "Thorfile",    "Berksfile",    "Dangerfile",
     "Earthfile",   "Tiltfile",      "Singularity", ".cshrc",       ".tcshrc",
     ".bash_login", ".kshrc"});

// And before a dot: a variant of it.
constexpr auto kVariants =
    std::to_array<std::string_view>({"Dockerfile.", "Containerfile.", "Makefile.", "Singularity."});

// Run by git, with or without "#!", where they are in its folder of hooks.
constexpr auto kHooks = std::to_array<std::string_view>(
    {"applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-applypatch", "post-checkout",
     "post-commit", "post-index-change", "post-merge", "post-rewrite", "pre-applypatch",
     "pre-auto-gc", "pre-commit", "pre-merge-commit", "pre-push", "pre-rebase",
     "prepare-commit-msg"});

template <class Endings>
bool ends_with_one_of(std::string_view name, const Endings& endings) {
  return std::ranges::any_of(
      endings, [&](std::string_view ending) { return ends_with_ignoring_case(name, ending); });
}

// How batch files for Windows begin, and nothing else does.
bool is_batch(std::string_view line) {
  while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  return line.size() == std::string_view("@echo off").size() &&
         ends_with_ignoring_case(line, "@echo off");
}

bool has_source_name(std::string_view name) {
  return ends_with_one_of(name, kSources) || ends_with_one_of(name, kPackages) ||
         std::ranges::any_of(kVariants,
                             [&](std::string_view of) { return name.starts_with(of); }) ||
         std::ranges::find(kBuildFiles, name) != kBuildFiles.end();
}

// What people read, and no importer, shell or loader goes by. A README without an ending can be a
// program on Unix, and a .txt is what is given to programs.
bool is_page_for_people(std::string_view name) {
  static constexpr auto kPages = std::to_array<std::string_view>({".md", ".markdown", ".rst"});
  return (ends_with_one_of(name, kPages) || equals_ignoring_case(name, "readme.txt")) &&
         !has_source_name(name);
}

}  // namespace

bool has_python_name(std::string_view name) {
  return ends_with_ignoring_case(name, ".py") || ends_with_ignoring_case(name, ".pyw") ||
         ends_with_ignoring_case(name, ".pyi");
}

bool has_code_name(std::string_view name) {
  return has_python_name(name) || ends_with_one_of(name, kScripts) || has_source_name(name);
}

bool has_package_name(std::string_view name) {
  return ends_with_one_of(name, kPackages);
}

bool begins_as_script(std::string_view text) {
  return text.starts_with("#!") || text.starts_with("<?php") ||
         is_batch(text.substr(0, text.find('\n')));
}

void examine_page(const Input& input) {
  if (!is_page_for_people(input.name)) return;
  if (begins_as_script(input.text) || looks_like_python(input.text))
    input.add(rule::kPageOfCode, fmt::format("{} is all code", escape(input.name, 64)),
              input.text.substr(0, input.text.find('\n')));
}

bool examine_code(const Input& input) {
  if (is_page_for_people(input.name)) return false;
  input.facts.kind = DocumentKind::code;
  const std::string_view first = input.text.substr(0, input.text.find('\n'));
  const auto by_name = [&] { return fmt::format("the name {}", escape(input.name, 64)); };
  if (looks_like_python(input.text)) {
    input.add(rule::kPython, fmt::format("{} is Python", escape(input.name, 64)), first);
  } else if (has_python_name(input.name)) {
    input.add(rule::kPythonName, by_name(), first);
  } else if (begins_as_script(input.text)) {
    input.add(rule::kScript, fmt::format("it begins with {}", escape(first, 64)), first);
  } else if (ends_with_one_of(input.name, kScripts) ||
             std::ranges::find(kHooks, input.name) != kHooks.end()) {
    input.add(rule::kScript, by_name(), first);
  } else if (has_source_name(input.name)) {
    input.add(rule::kOtherCode, by_name(), first);
  } else {
    input.facts.kind = DocumentKind::text;
    return false;
  }
  return true;
}

}  // namespace gh::hub
