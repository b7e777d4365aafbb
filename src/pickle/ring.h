#pragma once
// The last `kCapacity` entries of a sequence that only grows. An entry keeps its position for good
// and is found by it until it is overwritten. Runs are contiguous.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace gh::pickle {

template <class T, std::size_t kCapacity>
class Ring {
 public:
  // Position of the first of `items`, at most `kCapacity` of them.
  std::uint64_t add(std::span<const T> items) {
    const std::size_t slot = next_ % kCapacity;
    if (slot + items.size() > kCapacity) next_ += kCapacity - slot;
    const std::uint64_t position = next_;
    const std::size_t from = position % kCapacity;
    if (items_.size() < from + items.size())
      items_.resize(std::clamp(2 * (from + items.size()), kFirst, kCapacity));
    T* to = items_.data() + from;
    for (const T& item : items) *to++ = item;  // mostly a few
    next_ += items.size();
    return position;
  }

  // Null when it was overwritten.
  T* at(std::uint64_t position) {
    return next_ - position <= kCapacity ? items_.data() + position % kCapacity : nullptr;
  }
  const T* at(std::uint64_t position) const {
    return next_ - position <= kCapacity ? items_.data() + position % kCapacity : nullptr;
  }

 private:
  static constexpr std::size_t kFirst = std::min<std::size_t>(1024, kCapacity);
  std::uint64_t next_ = 0;
  std::vector<T> items_;
};

}  // namespace gh::pickle
