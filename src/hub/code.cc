#include "hub/code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "hub/code_rules.h"

namespace gh::hub {

namespace {

using std::string_view_literals::operator""sv;

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | static_cast<unsigned char>(at + i < bytes.size() ? bytes[at + i] : '\0');
  return value;
}

std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(at + i < bytes.size() ? bytes[at + i] : '\0');
  return value;
}

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
  switch (big_endian(head, 0)) {
    case 0xfeedface:
    case 0xfeedfacf:
    case 0xcefaedfe:
    case 0xcffaedfe:
      return "Mach-O";
    case 0xcafebabe:
      // Java's version is 45 or more, a universal binary has few parts.
      return big_endian(head, 4) >= 45 ? "a Java class" : "Mach-O";
    default:
      break;
  }
  if (head.starts_with("\0asm"sv)) return "WebAssembly";
  if (head.starts_with("BC\xC0\xDE"sv)) return "LLVM bitcode";
  if (head.starts_with("dex\n")) return "Dalvik code";
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

std::string_view picture(std::string_view head) {
  if (head.starts_with("\x89PNG\r\n\x1a\n")) return "PNG";
  if (head.starts_with("\xff\xd8\xff")) return "JPEG";
  if (head.starts_with("GIF87a") || head.starts_with("GIF89a")) return "GIF";
  if (head.starts_with("RIFF") &&
      head.substr(std::min<std::size_t>(8, head.size())).starts_with("WEBP"))
    return "WebP";
  return "";
}

void examine_picture(std::string_view kind, source::Source& source, const Input& input) {
  const std::uint64_t size = source.size();
  std::array<char, 12> bytes{};
  const auto read = [&](std::uint64_t at, std::size_t count) {
    const std::size_t got = source.read_at(at, std::span(bytes).first(count));
    return std::string_view(bytes.data(), got);
  };
  bool ends = true;
  if (kind == "PNG") {
    // Chunks: length, type, data, checksum; IEND is the last.
    std::uint64_t at = 8;
    bool end = false;
    for (int chunks = 0; !end && chunks < 100'000 && at + 12 <= size; ++chunks) {
      const std::string_view chunk = read(at, 8);
      end = chunk.substr(std::min<std::size_t>(4, chunk.size())) == "IEND";
      at += 12 + std::uint64_t{big_endian(chunk, 0)};
    }
    ends = !end || at >= size;
  } else if (kind == "WebP") {
    const std::uint64_t stated = 8 + little_endian(read(4, 4), 0, 4);
    ends = stated + (stated & 1) >= size;
  } else if (kind == "GIF") {
    ends = read(size - 1, 1) == "\x3b";
  } else if (size > 2) {
    ends = read(size - 2, 2) == "\xff\xd9";
  }
  if (!ends) input.add(rule::kBehindImage, fmt::format("the file goes on behind the {}", kind));
}

bool has_python_name(std::string_view name) {
  return ends_with_ignoring_case(name, ".py") || ends_with_ignoring_case(name, ".pyw") ||
         ends_with_ignoring_case(name, ".pyi");
}

bool examine_code(const Input& input) {
  static constexpr std::array<std::string_view, 15> kScripts = {
      ".sh", ".bash", ".zsh", ".fish", ".bat",     ".cmd", ".ps1", ".vbs",
      ".rb", ".pl",   ".lua", ".php",  ".command", ".csh", ".ksh"};
  input.facts.kind = DocumentKind::code;
  const std::string_view first = input.text.substr(0, input.text.find('\n'));
  if (looks_like_python(input.text)) {
    input.add(rule::kPython, fmt::format("{} is Python", escape(input.name, 64)), first);
    return true;
  }
  if (has_python_name(input.name)) {
    input.add(rule::kPythonName, fmt::format("the name {}", escape(input.name, 64)), first);
    return true;
  }
  if (input.text.starts_with("#!")) {
    input.add(rule::kScript, fmt::format("it begins with {}", escape(first, 64)), first);
    return true;
  }
  for (const std::string_view ending : kScripts) {
    if (!ends_with_ignoring_case(input.name, ending)) continue;
    input.add(rule::kScript, fmt::format("the name {}", escape(input.name, 64)), first);
    return true;
  }
  input.facts.kind = DocumentKind::text;
  return false;
}

}  // namespace gh::hub
