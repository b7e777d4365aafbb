#pragma once
// Values that a document has once and uses several times: `&name` and `*name`. Used while one
// document is read, by its one thread.

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <unordered_map>

#include "yaml/yaml.h"

namespace gh::yaml {

// What every document of a text together may grow to.
struct Budget {
  std::size_t nodes = 0;   // up to kMaxNodes
  std::size_t copied = 0;  // bytes of text, up to kMaxCopied
};

enum class NotCopied : std::uint8_t { too_deep, too_many, too_long };

// A value of its own with everything in it, which will stand at `depth`. Each value counts, so that
// aliases of aliases end at the bound and not at the memory.
std::expected<std::unique_ptr<Node>, NotCopied> copy(const Node& node, std::size_t depth,
                                                     Budget& budget);

class Aliases {
 public:
  // `node` has to live as long as this. False when the name is taken: it is this node's from there
  // on (YAML 1.2, 3.2.2.2).
  bool remember(std::string name, const Node& node) {
    return nodes_.insert_or_assign(std::move(name), &node).second;
  }
  // Null when there is none, or when it is not at its end: an alias inside its own value.
  const Node* find(const std::string& name) const {
    const auto found = nodes_.find(name);
    return found == nodes_.end() ? nullptr : found->second;
  }
  void clear() { nodes_.clear(); }

 private:
  std::unordered_map<std::string, const Node*> nodes_;
};

}  // namespace gh::yaml
