#include "tensors/name_set.h"

#include <algorithm>
#include <bit>

namespace gh::tensors {

namespace {

constexpr std::size_t kFirstSlots = 64;
constexpr std::size_t kBlock = 1U << 16;  // bytes

}  // namespace

std::uint32_t NameSet::append(std::string_view name, Bytes bytes) {
  names_.push_back({bytes == Bytes::lasting ? name : keep(name), 0});
  return static_cast<std::uint32_t>(names_.size() - 1);
}

std::pair<std::uint32_t, bool> NameSet::insert(std::string_view name, Bytes bytes) {
  if (rising_ && (names_.empty() || name > names_.back().text)) return {append(name, bytes), true};
  if (rising_) {
    rising_ = false;
    for (Name& known : names_) known.hash = siphash(key_, known.text);
    set_slots(std::max(kFirstSlots, std::bit_ceil(2 * (names_.size() + 1))));
  }
  if (slots_.size() < 2 * (names_.size() + 1)) {
    set_slots(std::max(kFirstSlots, slots_.size() * 2));
  }
  const std::uint64_t hash = siphash(key_, name);
  const auto upper = static_cast<std::uint32_t>(hash >> 32);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  for (; slots_[at].name != 0; at = (at + 1) & mask) {
    const std::uint32_t index = slots_[at].name - 1;
    if (slots_[at].hash == upper && names_[index].text == name) return {index, false};
  }
  const std::uint32_t index = append(name, bytes);
  names_[index].hash = hash;
  slots_[at] = {.name = index + 1, .hash = upper};
  return {index, true};
}

void NameSet::reserve(std::size_t names) {
  names_.reserve(names);
}

void NameSet::set_slots(std::size_t count) {
  slots_.assign(count, Slot{});
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t index = 0; index < names_.size(); ++index) {
    std::size_t at = names_[index].hash & mask;
    while (slots_[at].name != 0) at = (at + 1) & mask;
    slots_[at] = {.name = static_cast<std::uint32_t>(index + 1),
                  .hash = static_cast<std::uint32_t>(names_[index].hash >> 32)};
  }
}

std::string_view NameSet::keep(std::string_view name) {
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < name.size()) {
    blocks_.emplace_back().reserve(std::max(kBlock, name.size()));
  }
  std::string& block = blocks_.back();
  const std::size_t begin = block.size();
  block += name;
  return std::string_view(block).substr(begin);
}

}  // namespace gh::tensors
