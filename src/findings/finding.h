#pragma once
// Rules and findings. Rules are constants: one `constexpr Rule` each, listed in the `rules()` of
// the folder that applies them, which is all that `explain`, `rules list`, SARIF and the docs pages
// read.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gh::findings {

enum class Severity : std::uint8_t { info, low, medium, high, critical };
std::string_view name(Severity severity);
std::optional<Severity> severity_from(std::string_view name);

// What a finding of a rule does to the verdict of its file.
enum class Effect : std::uint8_t {
  finding,       // counts by its severity
  unexamined,    // likewise, and examining stopped there or passed something over: where the
                 // severity does not count, or somebody accepted it, the file is inconclusive
  inconclusive,  // something was not understood or a limit was reached: the file cannot be clean
  unsupported,   // the kind is known, and nothing here can judge it
};

// How sure it is that a finding of a rule is what its title says.
enum class Confidence : std::uint8_t {
  low,     // numbers that differ for many honest reasons
  medium,  // told by a name, a spelling or a likeness
  high,    // read from the bytes
};
std::string_view name(Confidence confidence);

// Ids are stable and never used again: `PKL-101`. Texts are one or two plain sentences.
struct Rule {
  std::string_view id;
  Severity severity;
  Effect effect;
  std::string_view title;  // what is wrong, without subject: "imports a name that is not allowed"
  std::string_view why;    // what the loader would do, and what that gives an attacker
  std::string_view fix;    // what to do next
  Confidence confidence = Confidence::high;
};

// Public advisories that a rule's texts name: "CVE-2025-66448", "GHSA-2pc9-4j83-qjmr".
std::vector<std::string_view> references(const Rule& rule);

// One observation. Strings hold no control characters: whoever makes it passes untrusted bytes
// through `gh::escape`.
struct Finding {
  const Rule* rule = nullptr;
  std::string message;                  // this case of the rule, with names and numbers
  std::string member;                   // inside the file: "archive/data.pkl"; "" for the file
  std::optional<std::uint64_t> offset;  // bytes, in the member
  std::optional<std::uint64_t> length;  // bytes
  std::optional<std::uint64_t> line;    // of a text
  std::optional<std::uint64_t> column;
  std::string evidence;  // at most 200 bytes
};

enum class Verdict : std::uint8_t { clean, findings, inconclusive, unsupported, excluded };
std::string_view name(Verdict verdict);

}  // namespace gh::findings
