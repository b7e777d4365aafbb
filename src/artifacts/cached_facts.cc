#include "artifacts/cached_facts.h"

#include <utility>

namespace gh::artifacts {

void CachedFacts::start(const NamedFileState& file, const std::shared_ptr<Slot>& slot) {
  // Under a name of git's it was judged as what git keeps there.
  if (!file.name.starts_with(".git/")) named_.insert(file.state);
  if (kept_.size() < kMost) kept_.try_emplace(file, Kept{.slot = slot, .facts = {}});
}

void CachedFacts::end(const NamedFileState& file, Facts facts) {
  const auto kept = kept_.find(file);
  if (kept == kept_.end()) return;
  Kept& one = kept->second;
  const std::size_t bytes = bytes_of(facts);
  bytes_ += bytes - std::exchange(one.bytes, bytes);
  if (bytes_ > kMostBytes) {
    bytes_ -= bytes;
    kept_.erase(kept);
    return;
  }
  one.facts = std::move(facts);
  one.slot.reset();
}

bool CachedFacts::take(const NamedFileState& file, const FolderPlace& place) const {
  const auto kept = kept_.find(file);
  if (kept == kept_.end()) return false;
  if (const auto slot = kept->second.slot.lock(); slot != nullptr && !slot->examined) {
    slot->places.push_back(place);
  } else {
    place.settle(kept->second.facts);
  }
  return true;
}

}  // namespace gh::artifacts
