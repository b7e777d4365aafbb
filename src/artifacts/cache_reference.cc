#include "artifacts/cache_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "artifacts/kind_rules.h"
#include "base/text.h"

namespace gh::artifacts {

namespace {

constexpr std::string_view kReferences = "/refs/";
constexpr std::size_t kMostRead = 4096;  // no path is longer
constexpr std::size_t kShown = 200;

// "models--org--name"
bool is_repository(std::string_view folder) {
  static constexpr std::array<std::string_view, 4> kTypes = {"models--", "datasets--", "spaces--",
                                                             "kernels--"};
  return std::ranges::any_of(kTypes, [&](std::string_view type) {
    return folder.size() > type.size() && folder.starts_with(type);
  });
}

}  // namespace

bool is_cache_reference(std::string_view path) {
  for (std::size_t at = path.find(kReferences); at != std::string_view::npos;
       at = path.find(kReferences, at + 1)) {
    const std::string_view above = path.substr(0, at);
    // All of it where there is no slash.
    if (is_repository(above.substr(above.rfind('/') + 1))) return true;
  }
  return false;
}

void examine_cache_reference(source::Source& source, findings::Examination& examination) {
  std::vector<char> bytes(std::min<std::uint64_t>(source.size(), kMostRead));
  const std::string_view whole(bytes.data(), source.read_at(0, bytes));
  // huggingface_hub strips nothing; others may, and a commit written by hand ends with a newline.
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t first = whole.find_first_not_of(kSpace);
  const std::string_view text =
      first == std::string_view::npos
          ? std::string_view()
          : whole.substr(first, whole.find_last_not_of(kSpace) - first + 1);
  if (text.empty())
    return examination.add(kCacheReference, "says nothing: it is snapshots/ itself");
  if (text == "." || text == ".." || text.find_first_of("/\\") != std::string_view::npos)
    examination.add(kCacheReference, fmt::format("leads to {}", escape(text, kShown)));
}

}  // namespace gh::artifacts
