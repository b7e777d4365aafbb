#include "signing/names.h"

#include <algorithm>

#include "base/text.h"

namespace gh::signing {
namespace {

constexpr std::size_t kLongest = 4096;
constexpr std::size_t kLongestPart = 255;
constexpr std::size_t kDeepest = 64;

std::string_view problem_of_part(std::string_view part) {
  if (part.empty()) return "has an empty part";
  if (part == "..") return "climbs out with `..`";
  if (part == ".") return "has a part that is `.`";
  if (part.size() > kLongestPart) return "has a part of more than 255 bytes";
  return {};
}

}  // namespace

std::string_view problem_of(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kLongest) return "has more than 4096 bytes";
  if (name.front() == '/') return "is absolute";
  if (name.contains('\\')) return "has a backslash";
  if (!is_utf8(name)) return "is not UTF-8";
  if (std::ranges::any_of(
          name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return "has a control character";
  }
  std::size_t depth = 0;
  for (const std::string_view part : split(name, '/')) {
    if (const std::string_view problem = problem_of_part(part); !problem.empty()) return problem;
    if (++depth > kDeepest) return "is deeper than 64 folders";
  }
  return {};
}

std::string folded(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), to_lower);
  return lower;
}

}  // namespace gh::signing
