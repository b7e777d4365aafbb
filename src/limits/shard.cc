#include "limits/shard.h"

#include <algorithm>

namespace gh::limits {

Entry* Shard::find(const Subject& subject) {
  for (std::size_t at = head(subject); at != 0; at = entries_[at - 1].next) {
    if (entries_[at - 1].subject == subject) return &entries_[at - 1];
  }
  return nullptr;
}

Entry* Shard::make(const Subject& subject, std::span<Entry* const> kept) {
  Entry* entry = nullptr;
  if (entries_.size() < entries_.capacity()) {
    entry = &entries_.emplace_back();
  } else {
    entry = soonest_idle(kept);
    if (entry == nullptr) return nullptr;
    unlink(*entry);
    *entry = Entry{};
  }
  entry->subject = subject;
  entry->next = head(subject);
  head(subject) = static_cast<std::uint16_t>(entry - entries_.data() + 1);
  return entry;
}

Entry* Shard::soonest_idle(std::span<Entry* const> kept) {
  Entry* best = nullptr;
  for (Entry& entry : entries_) {
    if (entry.in_flight > 0 || (best != nullptr && entry.idle_at >= best->idle_at)) continue;
    if (std::ranges::find(kept, &entry) != kept.end()) continue;
    best = &entry;
  }
  return best;
}

void Shard::unlink(Entry& entry) {
  std::uint16_t* link = &head(entry.subject);
  while (&entries_[*link - 1u] != &entry) link = &entries_[*link - 1u].next;
  *link = entry.next;
}

}  // namespace gh::limits
