#pragma once
// Pickles for tests, opcode by opcode, and what `examine` says of them.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "pickle/pickle.h"

namespace gh::pickle::test {

using namespace std::string_literals;

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

inline std::string text(std::string_view value) {
  return "X" + little_endian(value.size(), 4) + std::string(value);
}
inline std::string short_text(std::string_view value) {
  return "\x8c" + little_endian(value.size(), 1) + std::string(value);
}
inline std::string name(std::string_view module, std::string_view attribute) {
  return "c" + std::string(module) + "\n" + std::string(attribute) + "\n";
}
inline std::string number(std::int64_t value) {
  if (value >= 0 && value < 256) return "K" + little_endian(static_cast<std::uint64_t>(value), 1);
  if (value >= INT32_MIN && value <= INT32_MAX)
    return "J" + little_endian(static_cast<std::uint64_t>(value), 4);
  return "\x8a\x08" + little_endian(static_cast<std::uint64_t>(value), 8);
}
template <class... Items>
std::string tuple(Items... items) {
  return "(" + (""s + ... + std::string(items)) + "t";
}
template <class... Arguments>
std::string call(const std::string& callable, Arguments... arguments) {
  return callable + tuple(arguments...) + "R";
}
inline std::string frame(const std::string& content, std::uint64_t size) {
  return "\x95" + little_endian(size, 8) + content;
}
inline std::string pickle(const std::string& content, char protocol = 2) {
  return "\x80"s + protocol + content + ".";
}

inline std::string ordered_dict() {
  return name("collections", "OrderedDict") + ")R";
}
inline std::string storage(std::string_view key = "0", std::int64_t elements = 6,
                           std::string_view type = "FloatStorage") {
  return tuple(text("storage"), name("torch", type), text(key), text("cpu"), number(elements)) +
         "Q";
}
inline std::string tensor(const std::string& of, std::int64_t offset, const std::string& size,
                          const std::string& stride) {
  return call(name("torch._utils", "_rebuild_tensor_v2"), of, number(offset), size, stride, "\x89",
              ordered_dict());
}

struct Seen {
  std::set<std::string> rules;
  Outcome outcome;
  std::vector<findings::Finding> findings;
};

inline Seen examined(std::string_view bytes, Layout layout = Layout::single,
                     Profile profile = Profile::weights) {
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  Seen seen;
  seen.outcome = examine(source, layout, profile, examination);
  seen.findings = examination.findings();
  for (const findings::Finding& finding : seen.findings) seen.rules.emplace(finding.rule->id);
  return seen;
}

using Rules = std::set<std::string>;

// Of a table: what is found in a stream.
struct Case {
  const char* title;
  std::string stream;
  Rules rules = {};
};

}  // namespace gh::pickle::test
