#include "hdf5/storage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "hdf5/symbol_table.h"

namespace gh::hdf5 {

namespace {

using Kind = Layout::Kind;

constexpr std::uint64_t kVirtualClass = 3;

void read_sizes(Fields& fields, std::uint64_t rank, std::uint64_t width, ChunkIndex& index) {
  index.form = ChunkIndex::Form::tree;
  for (std::uint64_t i = 0; i < rank; ++i) index.sizes.push_back(fields.number(width));
}

// Version 4 has an index for each way that a dataset can grow.
void read_index(Fields& fields, ChunkIndex& index) {
  using Form = ChunkIndex::Form;
  const std::uint64_t flags = fields.number(1);
  const std::uint64_t rank = fields.number(1);
  const std::uint64_t width = fields.number(1);
  if (width == 0 || width > 8) return fields.skip(UINT64_MAX);
  read_sizes(fields, rank, width, index);
  index.form = Form::none;
  switch (fields.number(1)) {
    case 1:  // a single chunk
      if ((flags & 2) != 0) fields.skip(std::uint64_t{4} + fields.length_size());
      break;
    case 2:  // all in a row
      break;
    case 3:
      index.form = Form::fixed_array;
      fields.skip(1);
      break;
    case 4:
      index.form = Form::extensible_array;
      fields.skip(5);
      break;
    case 5:
      index.form = Form::tree2;
      fields.skip(6);
      break;
    default:
      return fields.skip(UINT64_MAX);
  }
  index.address = fields.address();
}

// Versions 1 and 2.
Layout read_old(Fields& fields, std::uint64_t address) {
  const std::uint64_t rank = fields.number(1);
  const std::uint64_t kind = fields.number(1);
  fields.skip(5);
  Layout layout{.kind = static_cast<Kind>(kind), .data = {kUndefined, kUndefined}};
  if (layout.kind != Kind::compact) layout.data.address = fields.address();
  if (layout.kind == Kind::chunked) {
    layout.index.address = layout.data.address;
    read_sizes(fields, rank, 4, layout.index);
    return layout;
  }
  fields.skip(4 * rank);
  if (layout.kind != Kind::compact) return layout;
  const std::uint64_t size = fields.number(4);
  layout.data = {address + fields.at(), size};
  fields.skip(size);
  return layout;
}

// Versions 3 to 5; the last differs only in what an index of chunks holds.
Layout read_new(Fields& fields, std::uint64_t address, bool own_tree) {
  Layout layout{.kind = static_cast<Kind>(fields.number(1)), .data = {kUndefined, kUndefined}};
  if (layout.kind == Kind::compact) {
    const std::uint64_t size = fields.number(2);
    layout.data = {address + fields.at(), size};
    fields.skip(size);
  } else if (layout.kind == Kind::contiguous) {
    layout.data.address = fields.address();
    layout.data.size = fields.length();
  } else if (layout.kind == Kind::chunked && own_tree) {
    const std::uint64_t rank = fields.number(1);
    layout.index.address = fields.address();
    read_sizes(fields, rank, 4, layout.index);
  } else if (layout.kind == Kind::chunked) {
    read_index(fields, layout.index);
  }
  return layout;
}

}  // namespace

Read<Layout> parse_layout(File& file, std::string_view bytes, std::uint64_t address) {
  Fields fields(bytes, file);
  const std::uint64_t version = fields.number(1);
  if (version < 1 || version > 5)
    return file.broken(address, fmt::format("a layout of version {}", version));
  const Layout layout =
      version < 3 ? read_old(fields, address) : read_new(fields, address, version == 3);
  const std::uint64_t last = version > 3 ? kVirtualClass : kVirtualClass - 1;
  if (!fields.ok() || static_cast<std::uint64_t>(layout.kind) > last)
    return file.broken(address, "a layout makes no sense");
  return layout;
}

Read<std::vector<Filter>> parse_filters(File& file, std::string_view bytes, std::uint64_t address) {
  constexpr std::uint64_t kFirstNamed = 256;  // in version 2 those before have no name
  constexpr std::uint64_t kMost = 32;
  Fields fields(bytes, file);
  const std::uint64_t version = fields.number(1);
  const std::uint64_t count = fields.number(1);
  if (version < 1 || version > 2 || count > kMost)
    return file.broken(address, fmt::format("filters of version {}", version));
  if (version == 1) fields.skip(6);
  std::vector<Filter> filters;
  for (std::uint64_t i = 0; i < count; ++i) {
    Filter filter{.number = fields.number(2), .name = {}};
    const bool named = version == 1 || filter.number >= kFirstNamed;
    const std::uint64_t name_size = named ? fields.number(2) : 0;
    fields.skip(2);  // whether it may be left out
    const std::uint64_t values = fields.number(2);
    filter.name = fields.bytes(name_size);
    filter.name = filter.name.substr(0, filter.name.find('\0'));
    if (version == 1) fields.align();
    fields.skip(4 * values);
    if (version == 1 && values % 2 != 0) fields.skip(4);
    filters.push_back(filter);
  }
  if (!fields.ok()) return file.broken(address, "filters are cut");
  return filters;
}

bool is_known_filter(std::uint64_t number) {
  constexpr std::uint64_t kLastOfTheLibrary = 6;  // deflate, shuffle, Fletcher, szip, n-bit, scale
  // LZO and bzip2 of PyTables, LZF of h5py; registered with The HDF Group: Blosc, LZ4, Bitshuffle,
  // ZFP, Zstandard, SZ, Blosc2.
  constexpr std::array<std::uint64_t, 10> kRegistered = {305,   307,   32000, 32001, 32004,
                                                         32008, 32013, 32015, 32017, 32026};
  return (number >= 1 && number <= kLastOfTheLibrary) ||
         std::ranges::find(kRegistered, number) != kRegistered.end();
}

Read<std::vector<std::string>> read_external_files(File& file, std::string_view bytes,
                                                   std::uint64_t address) {
  Fields fields(bytes, file);
  const std::uint64_t version = fields.number(1);
  fields.skip(3 + 2);  // reserved, how many there may be
  const std::uint64_t count = fields.number(2);
  const std::uint64_t heap_at = fields.address();
  if (version != 1 || !fields.ok())
    return file.broken(address, fmt::format("external files of version {}", version));
  const auto heap = read_local_heap(file, heap_at);
  if (!heap) return std::unexpected(heap.error());
  std::vector<std::string> names;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto name = heap_text(*heap, fields.length());
    (void)fields.length();  // where it begins in that file
    (void)fields.length();  // how many bytes
    if (!fields.ok() || !name) return file.broken(address, "the name of an external file is cut");
    names.emplace_back(*name);
  }
  return names;
}

}  // namespace gh::hdf5
