#pragma once
// The memo: values by index, in pages that exist once they are written to, so that one high index
// costs a page and not all that lies before it. Pages far behind the newest are packed to a byte
// per entry when that is possible; their texts and tuples are then no longer known (see `aged`).

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "pickle/value.h"

namespace gh::pickle {

class Memo {
 public:
  static constexpr std::uint64_t kEntries = std::uint64_t{1} << 24;
  static constexpr std::size_t kPage = 4096;
  static constexpr std::size_t kNewest = 256;  // pages that are never packed

  // `Kind::absent` when nothing was put there.
  Value get(std::uint64_t index) const {
    const std::uint64_t number = index / kPage;
    if (number >= pages_.size()) return Value();
    const Page& page = pages_[number];
    if (page.values != nullptr) [[likely]]
      return (*page.values)[index % kPage];
    if (page.packed != nullptr) return page.packed->values[page.packed->entries[index % kPage]];
    return Value();
  }

  // False when the index is beyond the limit.
  bool put(std::uint64_t index, Value value) {
    const std::uint64_t number = index / kPage;
    if (number >= pages_.size() || pages_[number].values == nullptr) [[unlikely]]
      if (!open(number)) return false;
    Value& entry = (*pages_[number].values)[index % kPage];
    count_ += entry.is(Kind::absent) ? 1U : 0U;
    entry = value;
    return true;
  }

  // How many entries there are: where MEMOIZE puts the next.
  std::uint64_t count() const { return count_; }

  void clear() {
    pages_.clear();
    count_ = 0;
  }

 private:
  struct Packed {
    std::vector<Value> values;  // at most 256
    std::array<std::uint8_t, kPage> entries{};
  };
  struct Page {  // one of them, or none
    std::unique_ptr<std::array<Value, kPage>> values;
    std::unique_ptr<Packed> packed;
  };

  bool open(std::uint64_t number);
  static void pack(Page& page);
  static void unpack(Page& page);

  std::vector<Page> pages_;
  std::uint64_t count_ = 0;
};

}  // namespace gh::pickle
