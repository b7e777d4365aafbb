#pragma once
// The superblock, versions 0 to 3 (specification II.A): where everything begins.

#include <optional>

#include "hdf5/file.h"

namespace gh::hdf5 {

struct Superblock {
  std::uint64_t root;       // address of the root group's object header
  std::uint64_t extension;  // of more messages about the file, or kUndefined
  std::uint64_t driver;     // of what another driver than for one file keeps, or kUndefined
  std::uint64_t end;        // offset in the source, behind the last byte that belongs to it
  // The root group's B-tree and heap, as far as the superblock says so itself.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> cached;
};

// Where the signature is: at 0 or at 512 and its doubles, the first that has it.
std::optional<std::uint64_t> find_superblock(source::Source& source);

// At the file's base; sets the widths of its numbers.
Read<Superblock> read_superblock(File& file);

}  // namespace gh::hdf5
