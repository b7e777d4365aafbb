#pragma once
// Attributes, versions 1 to 3 (specification IV.A.2.m): small named values of an object.

#include "hdf5/datatype.h"

namespace gh::hdf5 {

struct Attribute {
  std::string_view name;
  Datatype type;
  std::uint64_t elements;
  std::string_view data;  // all elements, where they are stored
  std::uint64_t address;  // of the data
};

// `bytes` of a message or of a heap, at `address`; the attribute's texts are parts of them.
Read<Attribute> parse_attribute(File& file, std::string_view bytes, std::uint64_t address);

}  // namespace gh::hdf5
