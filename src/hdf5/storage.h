#pragma once
// Where the data of a dataset lies and what it passes through (specification IV.A.2.h, i and l).

#include <vector>

#include "hdf5/file.h"

namespace gh::hdf5 {

// What says where the chunks of a dataset are.
struct ChunkIndex {
  enum class Form : std::uint8_t {
    none,  // or a single chunk, or chunks in a row
    tree,  // a B-tree of version 1
    fixed_array,
    extensible_array,
    tree2,  // a B-tree of version 2
  };
  Form form = Form::none;
  std::uint64_t address = kUndefined;
  std::vector<std::uint64_t> sizes;  // of a chunk along each dimension, then of an element
};

struct Layout {
  enum class Kind : std::uint8_t { compact, contiguous, chunked, virtual_data };
  Kind kind;
  // compact, contiguous: the bytes. The address is kUndefined before anything was written; the size
  // of contiguous data is kUndefined where the message does not say it.
  Range data;
  ChunkIndex index = {};
};
Read<Layout> parse_layout(File& file, std::string_view bytes, std::uint64_t address);

struct Filter {
  std::uint64_t number;
  std::string_view name;  // of the message; may be empty
};
Read<std::vector<Filter>> parse_filters(File& file, std::string_view bytes, std::uint64_t address);
// Whether the library, h5py or PyTables come with it, or the packages of plug-ins that are known.
bool is_known_filter(std::uint64_t number);

// The names of the files that a dataset's bytes come from.
Read<std::vector<std::string>> read_external_files(File& file, std::string_view bytes,
                                                   std::uint64_t address);

}  // namespace gh::hdf5
