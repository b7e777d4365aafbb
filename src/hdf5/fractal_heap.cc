#include "hdf5/fractal_heap.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <unordered_set>

#include "hdf5/btree2.h"
#include "hdf5/checksum.h"

namespace gh::hdf5 {

namespace {

// What the two bits of an id's first byte say.
constexpr std::uint64_t kManaged = 0;
constexpr std::uint64_t kHuge = 1;
constexpr std::uint64_t kTiny = 2;

std::uint64_t log2_of(std::uint64_t power) {
  return static_cast<std::uint64_t>(std::countr_zero(power));
}

}  // namespace

bool FractalHeap::take_head(std::string_view bytes) {
  Fields fields(bytes, *file_);
  if (fields.bytes(4) != "FRHP" || fields.number(1) != 0) return false;
  id_size_ = static_cast<std::size_t>(fields.number(2));
  const std::uint64_t filters = fields.number(2);
  sealed_ = (fields.number(1) & 0x02) != 0;
  const std::uint64_t greatest_managed = fields.number(4);
  (void)fields.length();  // number of the next huge object
  huge_tree_ = fields.address();
  (void)fields.length();  // free space: how much, and where it is kept
  (void)fields.address();
  for (int i = 0; i < 8; ++i) (void)fields.length();  // how much of each kind there is
  width_ = fields.number(2);
  first_size_ = fields.length();
  const std::uint64_t greatest_direct = fields.length();
  const std::uint64_t bits = fields.number(2);
  fields.skip(2);  // rows to begin with
  root_ = fields.address();
  root_rows_ = fields.number(2);
  if (!fields.ok() || filters != 0 || !std::has_single_bit(width_) ||
      !std::has_single_bit(first_size_) || !std::has_single_bit(greatest_direct) ||
      greatest_direct < first_size_ || bits > 63)
    return false;
  const std::uint64_t first_row = log2_of(first_size_) + log2_of(width_);
  direct_rows_ = log2_of(greatest_direct) - log2_of(first_size_) + 2;
  offset_width_ = static_cast<std::size_t>(bits + 7) / 8;
  length_width_ = std::min(static_cast<std::size_t>(log2_of(greatest_direct) + 7) / 8,
                           width_of(greatest_managed));
  return first_row <= bits && root_rows_ <= bits - first_row + 1 &&
         id_size_ >= 1 + offset_width_ + length_width_ && id_size_ <= 17;
}

Read<FractalHeap> FractalHeap::open(File& file, std::uint64_t address) {
  FractalHeap heap(file, address);
  const std::uint64_t size = 26 + 12 * file.length_width + 3 * file.address_width;
  const auto bytes = file.read(address, size, "a fractal heap");
  if (!bytes) return std::unexpected(bytes.error());
  if (!heap.take_head(std::string_view(*bytes)) || !is_sealed(*bytes))
    return file.broken(address, "there is no fractal heap of version 0 without filters");
  if (auto read = heap.read_blocks(); !read) return std::unexpected(std::move(read.error()));
  return heap;
}

std::uint64_t FractalHeap::row_size(std::uint64_t row) const {
  return row < 2 ? first_size_ : first_size_ << (row - 1);
}

Read<> FractalHeap::read_blocks() {
  if (root_ == kUndefined) return {};
  if (root_rows_ == 0) return read_direct(root_, 0, first_size_);
  std::vector<Indirect> todo{{root_, 0, root_rows_}};
  std::unordered_set<std::uint64_t> seen;
  while (!todo.empty()) {
    const Indirect block = todo.back();
    todo.pop_back();
    if (!seen.insert(block.address).second)
      return file_->broken(block.address, "a fractal heap has one block twice");
    if (auto read = read_indirect(block, todo); !read) return read;
  }
  return {};
}

Read<> FractalHeap::read_indirect(Indirect block, std::vector<Indirect>& todo) {
  const std::uint64_t before = 5 + file_->address_width + offset_width_;
  const std::uint64_t size = before + block.rows * width_ * file_->address_width + 4;
  auto bytes = file_->read(block.address, size, "a block of a fractal heap");
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  Fields fields(*bytes, *file_);
  if (fields.bytes(4) != "FHIB" || fields.number(1) != 0 || fields.address() != address_ ||
      fields.number(offset_width_) != block.begin || !is_sealed(*bytes))
    return file_->broken(block.address, "there is no indirect block of that fractal heap");
  std::uint64_t begin = block.begin;
  for (std::uint64_t row = 0; row < block.rows; ++row) {
    for (std::uint64_t i = 0; i < width_; ++i, begin += row_size(row)) {
      const std::uint64_t child = fields.address();
      if (child == kUndefined) continue;
      if (row >= direct_rows_) {
        const std::uint64_t rows = log2_of(row_size(row)) - log2_of(first_size_ * width_) + 1;
        todo.push_back({child, begin, rows});
      } else if (auto read = read_direct(child, begin, row_size(row)); !read) {
        return read;
      }
    }
  }
  return {};
}

Read<> FractalHeap::read_direct(std::uint64_t address, std::uint64_t begin, std::uint64_t size) {
  const std::uint64_t before = 5 + file_->address_width + offset_width_;
  auto bytes =
      file_->read(address, sealed_ ? size : std::min(size, before), "a block of a fractal heap");
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  Fields fields(*bytes, *file_);
  bool known = fields.bytes(4) == "FHDB" && fields.number(1) == 0 && fields.address() == address_ &&
               fields.number(offset_width_) == begin && fields.ok() && file_->holds(address, size);
  if (sealed_ && known) known = is_sealed_within(std::move(*bytes), fields.at());
  if (!known) return file_->broken(address, "there is no direct block of that fractal heap");
  blocks_.emplace(begin, Range{address, size});
  return {};
}

Read<Range> FractalHeap::find_managed(Fields& id) {
  const std::uint64_t at = id.number(offset_width_);
  const std::uint64_t length = id.number(length_width_);
  const auto next = blocks_.upper_bound(at);
  if (next == blocks_.begin()) return file_->broken(address_, "an object lies in no block");
  const auto& [begin, block] = *std::prev(next);
  if (at - begin > block.size || length > block.size - (at - begin))
    return file_->broken(address_, "an object of a fractal heap lies outside its block");
  return Range{block.address + (at - begin), length};
}

Read<Range> FractalHeap::find_huge(Fields& id) {
  if (id_size_ - 1 >= file_->address_width + file_->length_width) {
    const std::uint64_t address = id.address();
    return Range{address, id.length()};
  }
  if (!huge_) {
    const auto records = read_records(*file_, huge_tree_, RecordType::huge_object);
    if (!records) return std::unexpected(records.error());
    huge_.emplace();
    for (const std::string& record : *records) {
      Fields fields(record, *file_);
      const std::uint64_t address = fields.address();
      const std::uint64_t length = fields.length();
      const std::uint64_t number = fields.length();
      if (!fields.ok() || !huge_->emplace(number, Range{address, length}).second)
        return file_->broken(huge_tree_, "a record of a huge object makes no sense");
    }
  }
  const auto found = huge_->find(id.number(std::min(id_size_ - 1, file_->length_width)));
  if (found == huge_->end())
    return file_->broken(address_, "a huge object of a fractal heap is not there");
  return found->second;
}

Read<FractalHeap::Object> FractalHeap::read(std::string_view bytes) {
  Fields id(bytes.substr(0, id_size_), *file_);
  const std::uint64_t head = id.number(1);
  const std::uint64_t kind = head >> 4;  // and the version, which is 0
  if (kind == kTiny) {
    const std::string_view object = id.bytes((head & 0x0f) + 1);
    if (!id.ok()) return file_->broken(address_, "an id of a fractal heap is cut");
    return Object{std::string(object), address_};
  }
  if (kind != kManaged && kind != kHuge)
    return file_->broken(address_, fmt::format("an id of a fractal heap of kind {}", kind));
  const auto where = kind == kManaged ? find_managed(id) : find_huge(id);
  if (!where) return std::unexpected(where.error());
  if (!id.ok()) return file_->broken(address_, "an id of a fractal heap is cut");
  auto object = file_->read(where->address, where->size, "an object of a fractal heap");
  if (!object) return std::unexpected(std::move(object.error()));
  return Object{std::move(*object), where->address};
}

}  // namespace gh::hdf5
