#include "yaml/aliases.h"

namespace gh::yaml {

std::expected<std::unique_ptr<Node>, NotCopied> copy(const Node& node, std::size_t depth,
                                                     Budget& budget) {
  if (depth > kMaxDepth) return std::unexpected(NotCopied::too_deep);
  if (++budget.nodes > kMaxNodes) return std::unexpected(NotCopied::too_many);
  budget.copied += node.text.size();
  for (const Entry& entry : node.entries) budget.copied += entry.key.size();
  if (budget.copied > kMaxCopied) return std::unexpected(NotCopied::too_long);

  auto made = std::make_unique<Node>();
  made->kind = node.kind;
  made->at = node.at;
  made->text = node.text;
  made->plain = node.plain;
  made->refused = node.refused;
  for (const auto& item : node.items) {
    auto one = copy(*item, depth + 1, budget);
    if (!one) return one;
    made->items.push_back(std::move(*one));
  }
  for (const Entry& entry : node.entries) {
    auto one = copy(*entry.value, depth + 1, budget);
    if (!one) return one;
    made->entries.push_back({entry.key, entry.key_at, std::move(*one)});
  }
  return made;
}

}  // namespace gh::yaml
