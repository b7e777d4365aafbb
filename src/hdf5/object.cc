#include "hdf5/object.h"

#include <fmt/format.h>

#include <unordered_set>

#include "hdf5/btree2.h"
#include "hdf5/fractal_heap.h"
#include "hdf5/symbol_table.h"

namespace gh::hdf5 {

namespace {

// Where many links or attributes are indexed. Both trees are read: which one a reader takes is up
// to it.
struct Dense {
  std::uint64_t heap;
  std::uint64_t by_name;
  std::uint64_t by_order;
};

// `order_width`: bytes of the greatest number that has been given out.
Read<Dense> parse_dense(File& file, const Message& message, std::uint64_t order_width) {
  Fields fields(message.bytes, file);
  const std::uint64_t version = fields.number(1);
  const std::uint64_t flags = fields.number(1);
  if ((flags & 1) != 0) fields.skip(order_width);
  Dense dense{};
  dense.heap = fields.address();
  dense.by_name = fields.address();
  dense.by_order = (flags & 2) != 0 ? fields.address() : kUndefined;
  if (version != 0 || flags > 3 || message.shared || !fields.ok())
    return file.broken(message.address, fmt::format("an index of version {}", version));
  return dense;
}

// Where in its record an id stands.
struct Index {
  RecordType by_name;
  std::size_t name_before;  // bytes
  RecordType by_order;
  std::size_t order_before;
  bool has_flags;
};
constexpr Index kLinks = {RecordType::link_by_name, 4, RecordType::link_by_order, 8, false};
constexpr Index kAttributes = {RecordType::attribute_by_name, 0, RecordType::attribute_by_order, 0,
                               true};

using OnObject = std::function<Read<>(std::string_view bytes, std::uint64_t address)>;

// Every object of the heap that one of the trees names, once.
Read<> read_dense(File& file, const Dense& dense, const Index& index, const OnObject& on_object,
                  const OnProblem& on_problem) {
  if (dense.heap == kUndefined && dense.by_name == kUndefined && dense.by_order == kUndefined)
    return {};
  auto heap = FractalHeap::open(file, dense.heap);
  if (!heap) return std::unexpected(std::move(heap.error()));
  std::unordered_set<std::string> seen;
  const auto read_tree = [&](std::uint64_t tree, RecordType type, std::size_t before) -> Read<> {
    if (tree == kUndefined) return {};
    const auto records = read_records(file, tree, type);
    if (!records) return std::unexpected(records.error());
    for (const std::string& record : *records) {
      if (record.size() < before + heap->id_size())
        return file.broken(tree, "the records of a B-tree are too short");
      std::string id = record.substr(before, heap->id_size());
      // Behind an attribute's id: whether it lies in the heap of all objects instead.
      if (index.has_flags && (record.size() == id.size() || (record[id.size()] & 2) != 0))
        return file.broken(tree, "a shared attribute");
      const auto object = heap->read(id);
      if (!seen.insert(std::move(id)).second) continue;
      auto told = object ? on_object(object->bytes, object->address)
                         : Read<>(std::unexpected(object.error()));
      if (!told) on_problem(told.error());
    }
    return {};
  };
  auto named = read_tree(dense.by_name, index.by_name, index.name_before);
  auto ordered = read_tree(dense.by_order, index.by_order, index.order_before);
  return named ? std::move(ordered) : std::move(named);
}

Read<> read_old_group(File& file, const Message& message, const OnLink& on_link) {
  Fields fields(message.bytes, file);
  const std::uint64_t tree = fields.address();
  const std::uint64_t heap = fields.address();
  if (message.shared || !fields.ok())
    return file.broken(message.address, "a symbol table message is cut");
  const auto links = read_symbol_table(file, tree, heap);
  if (!links) return std::unexpected(links.error());
  for (const Link& link : *links) on_link(link, tree);
  return {};
}

}  // namespace

void read_links(File& file, const ObjectHeader& header, const OnLink& on_link,
                const OnProblem& on_problem) {
  const OnObject on_bytes = [&](std::string_view bytes, std::uint64_t address) -> Read<> {
    auto link = parse_link(file, bytes, address);
    if (!link) return std::unexpected(std::move(link.error()));
    on_link(*link, address);
    return {};
  };
  for (const Message& message : header.messages) {
    Read<> read;
    if (message.type == MessageType::link) {
      read = message.shared ? file.broken(message.address, "a shared link")
                            : on_bytes(message.bytes, message.address);
    } else if (message.type == MessageType::link_info) {
      const auto dense = parse_dense(file, message, 8);
      read = dense ? read_dense(file, *dense, kLinks, on_bytes, on_problem)
                   : std::unexpected(dense.error());
    } else if (message.type == MessageType::symbol_table) {
      read = read_old_group(file, message, on_link);
    }
    if (!read) on_problem(read.error());
  }
}

void read_attributes(File& file, const ObjectHeader& header, const OnAttribute& on_attribute,
                     const OnProblem& on_problem) {
  const OnObject on_bytes = [&](std::string_view bytes, std::uint64_t address) -> Read<> {
    const auto attribute = parse_attribute(file, bytes, address);
    if (!attribute) return std::unexpected(attribute.error());
    on_attribute(*attribute);
    return {};
  };
  for (const Message& message : header.messages) {
    Read<> read;
    if (message.type == MessageType::attribute) {
      read = message.shared ? file.broken(message.address, "a shared attribute")
                            : on_bytes(message.bytes, message.address);
    } else if (message.type == MessageType::attribute_info) {
      const auto dense = parse_dense(file, message, 2);
      read = dense ? read_dense(file, *dense, kAttributes, on_bytes, on_problem)
                   : std::unexpected(dense.error());
    }
    if (!read) on_problem(read.error());
  }
}

}  // namespace gh::hdf5
