#pragma once
// What says where the chunks of a dataset are (specification III.A.1 and VII): whether the library
// gets through it. The chunks themselves are not read.

#include "hdf5/storage.h"

namespace gh::hdf5 {

// Bytes of such structures that are read of one file: of more, the rest is taken as it is.
inline constexpr std::uint64_t kMostIndexBytes = std::uint64_t{64} << 20;

// `left`: how many of them may still be read.
Read<> check_chunks(File& file, const ChunkIndex& index, std::uint64_t& left);

}  // namespace gh::hdf5
