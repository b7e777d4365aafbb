#pragma once
// Names in the order they came, each once. Names are chosen by whoever made the file, so the hash
// is keyed: a table cannot be made slow on purpose. Not thread-safe.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/siphash.h"

namespace gh::tensors {

class NameSet {
 public:
  // Room for that many names at least.
  void reserve(std::size_t names);
  // Whether each name so far was new, and greater than the one before.
  bool are_rising() const { return rising_; }
  enum class Bytes : bool { copied, lasting };

  // The name's place in order of arrival, and whether it is new. A copy is kept, unless the
  // caller's bytes last as long as the set.
  std::pair<std::uint32_t, bool> insert(std::string_view name, Bytes bytes = Bytes::copied);

  // Valid as long as the set.
  std::string_view name(std::uint32_t index) const { return names_[index].text; }
  std::size_t size() const { return names_.size(); }

 private:
  struct Name {
    std::string_view text;
    std::uint64_t hash;
  };
  // Part of the hash beside the index: a name that differs is seldom looked at.
  struct Slot {
    std::uint32_t name = 0;  // index into names_ + 1; 0 is empty
    std::uint32_t hash = 0;  // the upper half
  };
  std::uint32_t append(std::string_view name, Bytes bytes);
  void set_slots(std::size_t count);
  std::string_view keep(std::string_view name);

  SipKey key_ = random_sip_key();
  std::vector<Name> names_;
  // While names come in rising order, as libraries write them, each is new and none is looked up.
  bool rising_ = true;
  std::vector<Slot> slots_;         // as many as a power of two; empty while rising
  std::deque<std::string> blocks_;  // the bytes of the names; a block never moves
};

}  // namespace gh::tensors
