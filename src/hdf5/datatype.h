#pragma once
// Datatypes and dataspaces (specification IV.A.2.b and d), as far as they say how long values are
// and which of them are text or bytes.

#include "hdf5/file.h"
#include "hdf5/object_header.h"

namespace gh::hdf5 {

struct Datatype {
  enum class Form : std::uint8_t {
    number,           // of more than a byte
    byte,             // a number of one byte
    text,             // of a fixed size
    opaque,           // bytes of a fixed size
    variable_text,    // somewhere in a global heap
    variable_values,  // a sequence of others, there too
    other,            // compounds, references, arrays, enumerations
  };
  Form form;
  std::uint64_t size;  // bytes of an element where it is stored
};

Read<Datatype> parse_datatype(File& file, std::string_view bytes, std::uint64_t address);
// The datatype of a message, which may say that it is another object's.
Read<Datatype> read_datatype(File& file, std::string_view bytes, bool shared,
                             std::uint64_t address);

// How many elements; a null dataspace has none.
Read<std::uint64_t> parse_dataspace(File& file, std::string_view bytes, std::uint64_t address);

}  // namespace gh::hdf5
