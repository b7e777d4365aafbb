#include "hdf5/chunks.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <unordered_set>

#include "hdf5/checksum.h"

namespace gh::hdf5 {

namespace {

// Of arrays of chunks, before what they hold: signature, version, what the elements are.
constexpr std::uint64_t kHead = 6;
constexpr std::uint64_t kMostElementBytes = 64;

class IndexReader {
 public:
  IndexReader(File& file, const ChunkIndex& index) : file_(file), index_(index) {}

  Read<> check() {
    switch (index_.form) {
      case ChunkIndex::Form::tree:
        return check_tree();
      case ChunkIndex::Form::fixed_array:
        return check_fixed();
      case ChunkIndex::Form::extensible_array:
        return check_extensible();
      case ChunkIndex::Form::tree2:
        return check_head(index_.address, "BTHD", 22 + file_.address_width + file_.length_width);
      default:
        return {};
    }
  }

 private:
  struct Node {
    std::uint64_t address;
    std::uint64_t level;  // kUndefined: any, of the root
  };

  Read<std::string> read(std::uint64_t address, std::uint64_t size) {
    return file_.read(address, size, "an index of chunks");
  }

  Read<> check_tree() {
    std::vector<Node> todo{{index_.address, kUndefined}};
    std::unordered_set<std::uint64_t> seen;
    while (!todo.empty()) {
      const Node node = todo.back();
      todo.pop_back();
      if (!seen.insert(node.address).second)
        return file_.broken(node.address, "an index of chunks has one node twice");
      if (auto read = check_node(node, todo); !read) return read;
    }
    return {};
  }

  // A key on either side of each child: bytes of a chunk, filters left out, where it begins.
  Read<> check_node(Node node, std::vector<Node>& todo) {
    const std::uint64_t head_size = 8 + 2 * file_.address_width;
    const auto head = read(node.address, head_size);
    if (!head) return std::unexpected(head.error());
    Fields fields(*head, file_);
    const bool is_tree = fields.bytes(4) == "TREE" && fields.number(1) == 1;
    const std::uint64_t level = fields.number(1);
    const std::uint64_t count = fields.number(2);
    if (!is_tree || (node.level != kUndefined && node.level != level))
      return file_.broken(node.address, "there is no node of a B-tree of chunks");
    const std::uint64_t key = 8 + 8 * index_.sizes.size();
    const auto bytes = read(node.address + head_size, count * (key + file_.address_width) + key);
    if (!bytes) return std::unexpected(bytes.error());
    Fields keys(*bytes, file_);
    for (std::uint64_t i = 0; i <= count; ++i) {
      const std::uint64_t size = keys.number(4);
      keys.skip(4);
      for (const std::uint64_t side : index_.sizes)
        if (side == 0 || keys.number(8) % side != 0)
          return file_.broken(node.address, "a chunk begins between two places for one");
      if (i == count) break;
      const std::uint64_t child = keys.address();
      if (level > 0)
        todo.push_back({child, level - 1});
      else if (!file_.holds(child, size))
        return file_.broken(node.address, "a chunk lies outside the file");
    }
    return {};
  }

  // With its checksum behind it.
  Read<std::string> read_sealed(std::uint64_t address, std::string_view signature,
                                std::uint64_t size) {
    const auto bytes = read(address, size);
    if (bytes && (!bytes->starts_with(signature) || !is_sealed(*bytes)))
      return file_.broken(address, fmt::format("there is no {} with its checksum", signature));
    return bytes;
  }

  Read<> check_head(std::uint64_t address, std::string_view signature, std::uint64_t size) {
    const auto bytes = read_sealed(address, signature, size);
    if (!bytes) return std::unexpected(bytes.error());
    return {};
  }

  Read<> check_fixed() {
    const std::uint64_t size = kHead + 2 + file_.length_width + file_.address_width + 4;
    const auto bytes = read_sealed(index_.address, "FAHD", size);
    if (!bytes) return std::unexpected(bytes.error());
    Fields fields(*bytes, file_);
    fields.skip(kHead);
    const std::uint64_t element = fields.number(1);
    const std::uint64_t page_bits = fields.number(1);
    const std::uint64_t elements = fields.length();
    const std::uint64_t block = fields.address();
    if (element == 0 || element > kMostElementBytes || page_bits > 32)
      return file_.broken(index_.address, "an index of chunks makes no sense");
    if (block == kUndefined) return {};
    // All of them have their places, written or not.
    std::uint64_t places = 0;
    if (__builtin_mul_overflow(elements, element, &places) || !file_.holds(block, places))
      return file_.broken(block, "an index of chunks lies outside the file");
    const std::uint64_t before = kHead + file_.address_width;
    const std::uint64_t page = std::uint64_t{1} << page_bits;
    if (elements <= page) return check_head(block, "FADB", before + elements * element + 4);
    return check_pages(block, before, {element, page, elements});
  }

  struct Pages {
    std::uint64_t element;  // bytes
    std::uint64_t page;     // elements
    std::uint64_t elements;
  };

  // Behind the block's head, which says by bits which of them were written.
  Read<> check_pages(std::uint64_t block, std::uint64_t before, Pages pages) {
    const std::uint64_t count = (pages.elements + pages.page - 1) / pages.page;
    const std::uint64_t size = before + (count + 7) / 8 + 4;
    const auto head = read_sealed(block, "FADB", size);
    if (!head) return std::unexpected(head.error());
    std::uint64_t at = block + size;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t here = std::min(pages.page, pages.elements - i * pages.page);
      const std::uint64_t bytes = here * pages.element + 4;
      // The first page is the highest bit.
      const auto bits =
          static_cast<unsigned char>((*head)[static_cast<std::size_t>(before + i / 8)]);
      if ((bits >> (7 - i % 8) & 1) != 0)
        if (auto page = check_head(at, "", bytes); !page) return page;
      at += pages.page * pages.element + 4;
    }
    return {};
  }

  Read<> check_extensible() {
    const std::uint64_t size = kHead + 6 + 6 * file_.length_width + file_.address_width + 4;
    const auto bytes = read_sealed(index_.address, "EAHD", size);
    if (!bytes) return std::unexpected(bytes.error());
    Fields fields(*bytes, file_);
    fields.skip(kHead);
    const std::uint64_t element = fields.number(1);
    const std::uint64_t most_bits = fields.number(1);
    const std::uint64_t in_index = fields.number(1);
    const std::uint64_t least = fields.number(1);     // elements of a block
    const std::uint64_t pointers = fields.number(1);  // of a block of blocks, at least
    fields.skip(1 + 6 * file_.length_width);
    const std::uint64_t block = fields.address();
    const auto log2 = [](std::uint64_t power) { return width_in_bits(power) - 1; };
    if (element > kMostElementBytes || least == 0 || pointers == 0 || most_bits > 64 ||
        most_bits < log2(least))
      return file_.broken(index_.address, "an index of chunks makes no sense");
    if (block == kUndefined) return {};
    const std::uint64_t all = 1 + most_bits - log2(least);
    const std::uint64_t first = 2 * log2(pointers);
    if (all < first) return {};
    const std::uint64_t addresses = 2 * (pointers - 1) + all - first;
    return check_head(
        block, "EAIB",
        kHead + file_.address_width + in_index * element + addresses * file_.address_width + 4);
  }

  static std::uint64_t width_in_bits(std::uint64_t value) {
    return static_cast<std::uint64_t>(std::bit_width(value));
  }

  File& file_;
  const ChunkIndex& index_;
};

}  // namespace

Read<> check_chunks(File& file, const ChunkIndex& index) {
  if (index.address == kUndefined) return {};
  return IndexReader(file, index).check();
}

}  // namespace gh::hdf5
