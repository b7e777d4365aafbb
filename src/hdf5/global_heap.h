#pragma once
// Global heaps (specification III.E): where values of any length lie.

#include <unordered_map>
#include <vector>

#include "hdf5/file.h"

namespace gh::hdf5 {

class GlobalHeaps {
 public:
  explicit GlobalHeaps(File& file) : file_(file) {}

  // Object `index` of the collection at `address`.
  Read<Range> find(std::uint64_t address, std::uint64_t index);

 private:
  using Collection = std::unordered_map<std::uint64_t, Range>;
  Read<Collection> read(std::uint64_t address);

  File& file_;
  std::unordered_map<std::uint64_t, Collection> known_;
};

}  // namespace gh::hdf5
