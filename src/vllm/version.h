#pragma once
// vLLM version numbers as its releases write them: "0.10.2", "0.6.3.post1", "0.10.0rc2".

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace gh::vllm {

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  int post = 0;  // ".post1" is 1; a release candidate is -1

  auto operator<=>(const Version&) const = default;
  std::string text() const;
};

// Nothing for anything that is not a version; a leading "v" is allowed.
std::optional<Version> parse_version(std::string_view text);

}  // namespace gh::vllm
