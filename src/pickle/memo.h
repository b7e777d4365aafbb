#pragma once
// The memo: values by index, in pages that exist once they are written to, so that one high index
// costs a page and not all that lies before it.

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "pickle/value.h"

namespace gh::pickle {

class Memo {
 public:
  static constexpr std::uint64_t kEntries = std::uint64_t{1} << 24;

  // `Kind::absent` when nothing was put there.
  Value get(std::uint64_t index) const {
    const std::uint64_t page = index / kPage;
    if (page >= pages_.size() || pages_[page] == nullptr) return Value();
    return (*pages_[page])[index % kPage];
  }

  // False when the index is beyond the limit.
  bool put(std::uint64_t index, Value value) {
    const std::uint64_t page = index / kPage;
    if (page >= pages_.size() || pages_[page] == nullptr) [[unlikely]] {
      if (index >= kEntries) return false;
      if (page >= pages_.size()) pages_.resize(page + 1);
      pages_[page] = std::make_unique<Page>();
    }
    Value& entry = (*pages_[page])[index % kPage];
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
  static constexpr std::size_t kPage = 4096;
  using Page = std::array<Value, kPage>;
  std::vector<std::unique_ptr<Page>> pages_;
  std::uint64_t count_ = 0;
};

}  // namespace gh::pickle
