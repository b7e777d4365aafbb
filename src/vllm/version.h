#pragma once
// vLLM version numbers as its releases write them: "0.10.2", "0.10.1.1", "0.6.3.post1",
// "0.10.0rc2". Values; any thread.

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace gh::vllm {

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  int fix = 0;  // a fourth number: 0.10.1.1 repaired 0.10.1
  // ".postN" is N. A release candidate comes before its release: "rcN" is N − 1000.
  int post = 0;

  auto operator<=>(const Version&) const = default;
  // What parse_version reads back as the same value.
  std::string text() const;
};

// Three numbers or four, then ".postN", "rcN" (N from 1 to 999) or nothing. A leading "v" and a
// trailing build label ("+cu129") are allowed and dropped. Nothing for anything else.
std::optional<Version> parse_version(std::string_view text);

}  // namespace gh::vllm
