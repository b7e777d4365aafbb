#pragma once
// What says where the chunks of a dataset are (specification III.A.1 and VII): whether the library
// gets through it. The chunks themselves are not read.

#include "hdf5/storage.h"

namespace gh::hdf5 {

Read<> check_chunks(File& file, const ChunkIndex& index);

}  // namespace gh::hdf5
