#include "hdf5/btree2.h"

#include <fmt/format.h>

#include <unordered_set>

#include "hdf5/checksum.h"

namespace gh::hdf5 {

namespace {

constexpr std::uint64_t kOwn = 10;      // bytes of a node: signature, version, type, checksum
constexpr std::uint64_t kDeepest = 32;  // levels; a tree of a million records has four

struct Node {
  std::uint64_t address;
  std::uint64_t records;
  std::uint64_t depth;  // 0 for a leaf
};

struct Level {
  std::uint64_t most;        // records of a node
  std::uint64_t most_below;  // and of all nodes below it
};

class TreeReader {
 public:
  TreeReader(File& file, RecordType type) : file_(file), type_(type) {}

  Read<std::vector<std::string>> read(std::uint64_t address) {
    const std::uint64_t size = 22 + file_.address_width + file_.length_width;
    const auto bytes = file_.read(address, size, "a B-tree");
    if (!bytes) return std::unexpected(bytes.error());
    Fields fields(*bytes, file_);
    const bool known = fields.bytes(4) == "BTHD" && fields.number(1) == 0 &&
                       fields.number(1) == static_cast<std::uint64_t>(type_);
    node_size_ = fields.number(4);
    record_size_ = fields.number(2);
    const std::uint64_t depth = fields.number(2);
    fields.skip(2);  // when nodes are split and merged
    const std::uint64_t root = fields.address();
    const std::uint64_t records = fields.number(2);
    if (!known || !is_sealed(*bytes) || depth > kDeepest || record_size_ == 0 || !plan(depth))
      return file_.broken(address, "there is no B-tree of version 0 and that type");
    if (root == kUndefined) return std::vector<std::string>();
    todo_.push_back({root, records, depth});
    while (!todo_.empty()) {
      const Node node = todo_.back();
      todo_.pop_back();
      if (!seen_.insert(node.address).second)
        return file_.broken(node.address, "a B-tree has one node twice");
      if (auto read = read_node(node); !read) return std::unexpected(std::move(read.error()));
    }
    return std::move(records_);
  }

 private:
  // How wide the numbers beside a pointer are follows from how much the nodes below can hold.
  bool plan(std::uint64_t depth) {
    if (node_size_ < kOwn + record_size_) return false;
    levels_.assign(1, {(node_size_ - kOwn) / record_size_, 0});
    levels_[0].most_below = levels_[0].most;
    for (std::uint64_t d = 1; d <= depth; ++d) {
      const std::uint64_t pointer = pointer_size(d);
      if (node_size_ < kOwn + pointer + record_size_ + pointer) return false;
      Level level{(node_size_ - kOwn - pointer) / (record_size_ + pointer), 0};
      if (__builtin_mul_overflow(level.most + 1, levels_.back().most_below, &level.most_below) ||
          __builtin_add_overflow(level.most_below, level.most, &level.most_below))
        return false;
      levels_.push_back(level);
    }
    return true;
  }

  std::uint64_t pointer_size(std::uint64_t depth) const {
    return file_.address_width + width_of(levels_[0].most) +
           (depth > 1 ? width_of(levels_[depth - 1].most_below) : 0);
  }

  Read<> read_node(Node node) {
    const std::uint64_t pointers = node.depth > 0 ? node.records + 1 : 0;
    const std::uint64_t size = kOwn + node.records * record_size_ +
                               (node.depth > 0 ? pointers * pointer_size(node.depth) : 0);
    if (size > node_size_) return file_.broken(node.address, "a node of a B-tree is overfull");
    auto bytes = file_.read(node.address, size, "a node of a B-tree");
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    Fields fields(*bytes, file_);
    if (fields.bytes(4) != (node.depth > 0 ? "BTIN" : "BTLF") || fields.number(1) != 0 ||
        fields.number(1) != static_cast<std::uint64_t>(type_) || !is_sealed(*bytes))
      return file_.broken(node.address, "there is no node of that B-tree");
    for (std::uint64_t i = 0; i < node.records; ++i)
      records_.emplace_back(fields.bytes(record_size_));
    for (std::uint64_t i = 0; i < pointers; ++i) {
      const std::uint64_t child = fields.address();
      const std::uint64_t records = fields.number(width_of(levels_[0].most));
      if (node.depth > 1)
        fields.skip(width_of(levels_[static_cast<std::size_t>(node.depth) - 1].most_below));
      todo_.push_back({child, records, node.depth - 1});
    }
    return {};
  }

  File& file_;
  RecordType type_;
  std::uint64_t node_size_ = 0;    // bytes
  std::uint64_t record_size_ = 0;  // bytes
  std::vector<Level> levels_;
  std::vector<Node> todo_;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<std::string> records_;
};

}  // namespace

Read<std::vector<std::string>> read_records(File& file, std::uint64_t address, RecordType type) {
  return TreeReader(file, type).read(address);
}

}  // namespace gh::hdf5
