#include "json/duplicate_keys.h"

#include <bit>

namespace gh::json {
namespace {

// Tells most names apart without looking at them.
std::uint32_t tag_of(std::string_view text) {
  if (text.empty()) return 0;
  return static_cast<std::uint32_t>(text.size() << 16) |
         static_cast<std::uint32_t>(static_cast<unsigned char>(text.front()) << 8) |
         static_cast<unsigned char>(text.back());
}

}  // namespace

const Node* DuplicateKeys::find(const Node* object) {
  if (object->size < 2) return nullptr;
  return object->size <= kFew ? find_among_few(object) : find_among_many(object);
}

const Node* DuplicateKeys::find_among_few(const Node* object) {
  const Node* key = object + 1;
  std::uint64_t seen = 0;  // a bit for some of the tags; most keys have one to themselves
  for (std::size_t count = 0; count < object->size; ++count, key = (key + 1)->next()) {
    const std::string_view text = key->string();
    const std::uint32_t tag = tag_of(text);
    const std::uint64_t bit = std::uint64_t{1} << (tag * 0x9E3779B1u >> 26);
    if ((seen & bit) != 0) {
      for (std::size_t i = 0; i < count; ++i) {
        if (tags_[i] == tag && few_[i] == text) return key;
      }
      steps_ += count;
    }
    seen |= bit;
    few_[count] = text;
    tags_[count] = tag;
  }
  return nullptr;
}

const Node* DuplicateKeys::find_among_many(const Node* object) {
  // At most half full, so that a run of taken slots is short.
  slots_.assign(std::bit_ceil(std::size_t{object->size} * 2), Slot{});
  const std::size_t mask = slots_.size() - 1;
  const Node* key = object + 1;
  for (std::size_t count = 0; count < object->size; ++count, key = (key + 1)->next()) {
    const std::uint64_t hash = siphash(seed_, key->string());
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    std::size_t at = hash & mask;
    for (; slots_[at].key != 0; at = (at + 1) & mask, ++steps_) {
      if (slots_[at].hash == tag && object[slots_[at].key].string() == key->string()) return key;
    }
    slots_[at] = {tag, static_cast<std::uint32_t>(key - object)};
    ++steps_;
  }
  return nullptr;
}

}  // namespace gh::json
