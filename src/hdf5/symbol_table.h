#pragma once
// The links of a group in the old form (specification III.A.1, B, D): a B-tree of tables whose
// names lie in a local heap.

#include <optional>
#include <vector>

#include "hdf5/link.h"

namespace gh::hdf5 {

// The bytes of a local heap that names lie in.
Read<std::string> read_local_heap(File& file, std::uint64_t address);
// The text at `at` of them, without its NUL; nothing when there is none.
std::optional<std::string_view> heap_text(std::string_view heap, std::uint64_t at);

// Every link below the B-tree at `tree`.
Read<std::vector<Link>> read_symbol_table(File& file, std::uint64_t tree, std::uint64_t heap);

}  // namespace gh::hdf5
