#pragma once
// One link of a group (specification IV.A.2.g).

#include "hdf5/file.h"

namespace gh::hdf5 {

struct Link {
  enum class Kind : std::uint8_t { hard, soft, external, user_defined };
  Kind kind;
  std::string name;
  std::uint64_t target = kUndefined;  // hard: address of an object header
  std::string file;                   // external: which file
  std::string object;                 // external: what in it
  std::uint64_t type = 0;             // user_defined: its number
};

Read<Link> parse_link(File& file, std::string_view bytes, std::uint64_t address);

}  // namespace gh::hdf5
