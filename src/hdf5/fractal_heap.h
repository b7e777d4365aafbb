#pragma once
// Fractal heaps (specification III.G): where the links and attributes of an object lie when there
// are many of them, or long ones.

#include <map>
#include <optional>
#include <vector>

#include "hdf5/file.h"

namespace gh::hdf5 {

class FractalHeap {
 public:
  // Reads where its blocks are. Heaps with filters are not understood.
  static Read<FractalHeap> open(File& file, std::uint64_t address);

  // Bytes of an object's id.
  std::size_t id_size() const { return id_size_; }

  // What an id stands for: in a block, on its own, or in the id itself.
  struct Object {
    std::string bytes;
    std::uint64_t address;  // of the bytes; of the heap for those in the id
  };
  Read<Object> read(std::string_view id);

 private:
  FractalHeap(File& file, std::uint64_t address) : file_(&file), address_(address) {}

  struct Indirect {
    std::uint64_t address;
    std::uint64_t begin;  // in the heap's own space
    std::uint64_t rows;
  };
  bool take_head(std::string_view bytes);
  Read<> read_blocks();
  Read<> read_indirect(Indirect block, std::vector<Indirect>& todo);
  Read<> read_direct(std::uint64_t address, std::uint64_t begin, std::uint64_t size);
  std::uint64_t row_size(std::uint64_t row) const;
  Read<Range> find_managed(Fields& id);
  Read<Range> find_huge(Fields& id);

  File* file_;
  std::uint64_t address_;
  std::size_t id_size_ = 0;
  bool sealed_ = false;            // direct blocks have a checksum
  std::size_t offset_width_ = 0;   // bytes of an offset in the heap's own space
  std::size_t length_width_ = 0;   // bytes of a managed object's length
  std::uint64_t width_ = 0;        // blocks of a row
  std::uint64_t first_size_ = 0;   // bytes of a block of the first row
  std::uint64_t direct_rows_ = 0;  // rows of blocks that hold objects
  std::uint64_t root_ = kUndefined;
  std::uint64_t root_rows_ = 0;  // 0: the root is a direct block
  std::uint64_t huge_tree_ = kUndefined;
  std::map<std::uint64_t, Range> blocks_;  // by where they begin in the heap's own space
  std::optional<std::map<std::uint64_t, Range>> huge_;  // by number
};

}  // namespace gh::hdf5
