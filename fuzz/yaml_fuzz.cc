// gh-link: gh_yaml
// Any bytes give a tree or a reason, and what is said of them is fit for a terminal.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "yaml/yaml.h"

namespace {

std::size_t depth_of(const gh::yaml::Node& node) {
  std::size_t below = 0;
  for (const auto& item : node.items) below = std::max(below, depth_of(*item));
  for (const auto& entry : node.entries) {
    GH_CHECK(entry.value != nullptr);
    GH_CHECK(node.find(entry.key) == entry.value.get());  // no key is there twice
    below = std::max(below, depth_of(*entry.value));
  }
  return below + 1;
}

void check(std::string_view text, const std::vector<gh::yaml::Problem>& problems) {
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  for (const gh::yaml::Problem& problem : problems) {
    GH_CHECK(problem.at.line >= 1 && problem.at.line <= lines && problem.at.column >= 1);
    GH_CHECK(gh::is_utf8(problem.message));
    GH_CHECK(std::ranges::none_of(problem.message,
                                  [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const gh::yaml::Tree tree = gh::yaml::parse(text);
  GH_CHECK(tree.root != nullptr || !tree.problems.empty());
  if (tree.root != nullptr) GH_CHECK(depth_of(*tree.root) <= gh::yaml::kMaxDepth);
  check(text, tree.problems);

  const gh::yaml::Documents documents = gh::yaml::parse_all(text);
  GH_CHECK(documents.complete ? !documents.roots.empty() || !documents.problems.empty()
                              : !documents.problems.empty());
  for (const auto& root : documents.roots) GH_CHECK(depth_of(*root) <= gh::yaml::kMaxDepth);
  check(text, documents.problems);
  // What the strict reader takes whole, the other one takes alike.
  if (tree.problems.empty()) GH_CHECK(documents.problems.empty() && documents.roots.size() == 1);
  return 0;
}
