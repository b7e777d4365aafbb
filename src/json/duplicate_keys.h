#pragma once
// Finds a key that an object has twice. Works on the finished tape, one object at a time, in time
// linear in its keys: few keys are compared with those like them, many go through a hash table
// keyed with a secret, so that chosen keys do not collide. Memory is kept from object to object.
// Not thread-safe.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/siphash.h"
#include "json/node.h"

namespace gh::json {

class DuplicateKeys {
 public:
  static constexpr std::size_t kFew = 16;

  // The key Node of the first member whose key an earlier member has, or nullptr.
  const Node* find(const Node* object);

  // Keys compared and slots looked at so far; what the tests hold the linear bound to.
  std::uint64_t steps() const { return steps_; }

 private:
  struct Slot {
    std::uint32_t hash;
    std::uint32_t key;  // distance of the key's Node from the object's; 0 is an empty slot
  };
  const Node* find_among_few(const Node* object);
  const Node* find_among_many(const Node* object);

  SipKey seed_ = random_sip_key();
  std::array<std::string_view, kFew> few_;
  std::array<std::uint32_t, kFew> tags_{};
  std::vector<Slot> slots_;
  std::uint64_t steps_ = 0;
};

}  // namespace gh::json
