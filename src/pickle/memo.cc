#include "pickle/memo.h"

#include <algorithm>

#include "pickle/values.h"

namespace gh::pickle {

namespace {

constexpr std::size_t kValues = 256;
constexpr std::size_t kSlots = 1024;  // of a table by hash; half empty at least

}  // namespace

bool Memo::open(std::uint64_t number) {
  if (number >= kEntries / kPage) return false;
  if (number >= pages_.size()) pages_.resize(number + 1);
  Page& page = pages_[number];
  if (page.packed != nullptr) {
    unpack(page);
    return true;
  }
  page.values = std::make_unique<std::array<Value, kPage>>();
  if (number >= kNewest) pack(pages_[number - kNewest]);
  return true;
}

void Memo::pack(Page& page) {
  if (page.values == nullptr) return;
  auto packed = std::make_unique<Packed>();
  std::array<std::uint16_t, kSlots> slots{};  // indexes of `values`, plus one
  for (std::size_t i = 0; i < kPage; ++i) {
    const Value value = Values::aged((*page.values)[i]);
    std::size_t slot =
        (value.payload() * 31 + static_cast<std::size_t>(value.kind())) * 0x9e3779b97f4a7c15U >> 54;
    while (slots[slot] != 0 && packed->values[slots[slot] - 1U] != value)
      slot = (slot + 1) % kSlots;
    if (slots[slot] == 0) {
      if (packed->values.size() == kValues) return;  // too many to be packed
      packed->values.push_back(value);
      slots[slot] = static_cast<std::uint16_t>(packed->values.size());
    }
    packed->entries[i] = static_cast<std::uint8_t>(slots[slot] - 1U);
  }
  packed->values.shrink_to_fit();
  page.values.reset();
  page.packed = std::move(packed);
}

void Memo::unpack(Page& page) {
  page.values = std::make_unique<std::array<Value, kPage>>();
  for (std::size_t i = 0; i < kPage; ++i)
    (*page.values)[i] = page.packed->values[page.packed->entries[i]];
  page.packed.reset();
}

}  // namespace gh::pickle
