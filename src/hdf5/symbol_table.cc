#include "hdf5/symbol_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_set>

namespace gh::hdf5 {

namespace {

// Entries say what they cache; a soft link has nothing else.
constexpr std::uint64_t kCachesSoftLink = 2;
constexpr std::uint64_t kScratch = 16;  // bytes

struct Node {
  std::uint64_t address;
  std::uint64_t level;  // kUndefined: any, of the root
};

Read<> read_table(File& file, std::uint64_t address, std::string_view heap,
                  std::vector<Link>& links) {
  auto head = file.read(address, 8, "a symbol table node");
  if (!head) return std::unexpected(std::move(head.error()));
  Fields fields(*head, file);
  if (fields.bytes(4) != "SNOD" || fields.number(1) != 1)
    return file.broken(address, "there is no symbol table node of version 1");
  fields.skip(1);
  const std::uint64_t count = fields.number(2);
  const std::uint64_t entry = file.length_width + file.address_width + 8 + kScratch;
  auto bytes = file.read(address + 8, count * entry, "a symbol table node");
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  Fields entries(*bytes, file);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t name_at = entries.length();
    const std::uint64_t target = entries.address();
    const std::uint64_t cached = entries.number(4);
    entries.skip(4 + kScratch);
    const auto name = heap_text(heap, name_at);
    if (!name || cached > kCachesSoftLink)
      return file.broken(address, fmt::format("entry {} of a symbol table node makes no sense", i));
    // It looks a name up by halves: of two in another order, one is not found.
    if (!links.empty() && *name <= links.back().name)
      return file.broken(address, "the names of a group are not in their order");
    if (auto spent = file.spend(name->size(), address); !spent) return spent;
    Link link{};
    link.kind = cached == kCachesSoftLink ? Link::Kind::soft : Link::Kind::hard;
    link.name = *name;
    link.target = target;
    links.push_back(std::move(link));
  }
  return {};
}

// Puts the children of a node of the B-tree on `todo`; those of a leaf are symbol tables.
Read<> read_node(File& file, Node node, std::vector<Node>& todo,
                 std::vector<std::uint64_t>& tables) {
  const std::uint64_t head_size = 8 + 2 * file.address_width;
  auto head = file.read(node.address, head_size, "a node of a B-tree");
  if (!head) return std::unexpected(std::move(head.error()));
  Fields fields(*head, file);
  const bool is_tree = fields.bytes(4) == "TREE";
  const std::uint64_t type = fields.number(1);
  const std::uint64_t level = fields.number(1);
  const std::uint64_t count = fields.number(2);
  if (!is_tree || type != 0 || (node.level != kUndefined && node.level != level))
    return file.broken(node.address, "there is no node of a group's B-tree");
  const std::uint64_t size = count * (file.length_width + file.address_width) + file.length_width;
  auto bytes = file.read(node.address + head_size, size, "a node of a B-tree");
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  Fields keys(*bytes, file);
  const std::size_t before = todo.size();
  for (std::uint64_t i = 0; i < count; ++i) {
    (void)keys.length();
    const std::uint64_t child = keys.address();
    if (level == 0)
      tables.push_back(child);
    else
      todo.push_back({child, level - 1});
  }
  // The last is the next to be read.
  std::ranges::reverse(std::span(todo).subspan(before));
  return {};
}

// Blocks that nothing lies in: each says where the next one is, and how long it is itself. The
// library reads the list before it looks up a name.
bool is_free_list(const File& file, std::string_view data, std::uint64_t at) {
  constexpr std::uint64_t kNone = 1;
  if (at == kUndefined) return true;
  // None is shorter than its two numbers, so that a list in a circle has too many.
  for (std::size_t left = data.size() / (2 * file.length_width); at != kNone; --left) {
    if (left == 0 || at >= data.size()) return false;
    Fields block(data.substr(static_cast<std::size_t>(at)), file);
    const std::uint64_t begin = at;
    at = block.length();
    const std::uint64_t size = block.length();
    if (!block.ok() || at == 0 || size > data.size() - begin) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string_view> heap_text(std::string_view heap, std::uint64_t at) {
  if (at >= heap.size()) return std::nullopt;
  const std::size_t begin = static_cast<std::size_t>(at);
  const std::size_t end = heap.find('\0', begin);
  if (end == std::string_view::npos) return std::nullopt;
  return heap.substr(begin, end - begin);
}

Read<std::string> read_local_heap(File& file, std::uint64_t address) {
  const std::uint64_t head_size = 8 + 2 * file.length_width + file.address_width;
  const auto head = file.read(address, head_size, "a local heap");
  if (!head) return head;
  Fields fields(*head, file);
  if (fields.bytes(4) != "HEAP" || fields.number(1) != 0)
    return file.broken(address, "there is no local heap of version 0");
  fields.skip(3);
  const std::uint64_t size = fields.length();
  const std::uint64_t free = fields.length();
  auto data = file.read(fields.address(), size, "the data of a local heap");
  if (data && !is_free_list(file, *data, free))
    return file.broken(address, "the free space of a local heap makes no sense");
  return data;
}

Read<std::vector<Link>> read_symbol_table(File& file, std::uint64_t tree, std::uint64_t heap) {
  const auto names = read_local_heap(file, heap);
  if (!names) return std::unexpected(names.error());
  std::vector<Node> todo{{tree, kUndefined}};
  std::vector<std::uint64_t> tables;
  std::unordered_set<std::uint64_t> seen;
  while (!todo.empty()) {
    const Node node = todo.back();
    todo.pop_back();
    if (!seen.insert(node.address).second)
      return file.broken(node.address, "a B-tree has one node twice");
    if (auto read = read_node(file, node, todo, tables); !read)
      return std::unexpected(std::move(read.error()));
  }
  std::vector<Link> links;
  for (const std::uint64_t table : tables) {
    if (!seen.insert(table).second)
      return file.broken(table, "a B-tree has one symbol table twice");
    if (auto read = read_table(file, table, *names, links); !read)
      return std::unexpected(std::move(read.error()));
  }
  return links;
}

}  // namespace gh::hdf5
