#pragma once
// Names in the order they came, each once. Names are chosen by whoever made the file, so the hash
// is keyed: a table cannot be made slow on purpose. Keeps copies. Not thread-safe.

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
  // The name's place in order of arrival, and whether it is new.
  std::pair<std::uint32_t, bool> insert(std::string_view name);

  // Valid as long as the set.
  std::string_view name(std::uint32_t index) const { return names_[index].text; }
  std::size_t size() const { return names_.size(); }

 private:
  struct Name {
    std::string_view text;
    std::uint64_t hash;
  };
  void set_slots(std::size_t count);
  std::string_view keep(std::string_view name);

  SipKey key_ = random_sip_key();
  std::vector<Name> names_;
  std::vector<std::uint32_t> slots_;  // index into names_ + 1; 0 is empty; a power of two
  std::deque<std::string> blocks_;    // the bytes of the names; a block never moves
};

}  // namespace gh::tensors
