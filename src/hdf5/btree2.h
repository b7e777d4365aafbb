#pragma once
// B-trees, version 2 (specification III.A.2): what indexes the many links or attributes of one
// object.

#include <vector>

#include "hdf5/file.h"

namespace gh::hdf5 {

enum class RecordType : std::uint8_t {
  huge_object = 1,  // of a fractal heap, by its number
  link_by_name = 5,
  link_by_order = 6,
  attribute_by_name = 8,
  attribute_by_order = 9,
};

// Every record of a tree of that type; each as its bytes.
Read<std::vector<std::string>> read_records(File& file, std::uint64_t address, RecordType type);

}  // namespace gh::hdf5
