#pragma once
// A hash map that only grows, for tables of tokens: entries one behind the other and an index of
// half-empty slots, instead of a node for each. For one thread.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gh::hub {

// `Hash` is keyed with a secret where keys are untrusted. At most 2^31 entries.
template <class Key, class Mapped, class Hash>
class FlatMap {
 public:
  using Entry = std::pair<Key, Mapped>;

  explicit FlatMap(const Hash& hash) : hash_(hash) {}

  // Null when it is not there. Entries stay where they are until the next `emplace`.
  const Entry* find(const Key& key) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[place(tag_of(key), key)];
    return slot.number == 0 ? nullptr : &entries_[slot.number - 1];
  }
  bool contains(const Key& key) const { return find(key) != nullptr; }
  std::size_t size() const { return entries_.size(); }

  // The entry of that key, whose key stays as it is, and whether it is new.
  std::pair<Entry*, bool> emplace(const Key& key, const Mapped& mapped) {
    if (2 * entries_.size() >= slots_.size()) grow();
    const std::uint32_t tag = tag_of(key);
    Slot& slot = slots_[place(tag, key)];
    if (slot.number != 0) return {&entries_[slot.number - 1], false};
    entries_.emplace_back(key, mapped);
    slot = {tag, static_cast<std::uint32_t>(entries_.size())};
    return {&entries_.back(), true};
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;     // of the key's hash
    std::uint32_t number = 0;  // of the entry, from 1; 0 when it is empty
  };

  std::uint32_t tag_of(const Key& key) const { return static_cast<std::uint32_t>(hash_(key)); }

  // Where the key is, or belongs.
  std::size_t place(std::uint32_t tag, const Key& key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = tag & mask;
    while (slots_[at].number != 0 &&
           !(slots_[at].tag == tag && entries_[slots_[at].number - 1].first == key))
      at = (at + 1) & mask;
    return at;
  }

  void grow() {
    constexpr std::size_t kFirst = 64;  // a power of two
    std::vector<Slot> before = std::exchange(slots_, {});
    slots_.resize(before.empty() ? kFirst : 2 * before.size());
    for (const Slot& slot : before) {
      if (slot.number == 0) continue;
      std::size_t at = slot.tag & (slots_.size() - 1);
      while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  Hash hash_;
  std::vector<Entry> entries_;
  std::vector<Slot> slots_;
};

}  // namespace gh::hub
