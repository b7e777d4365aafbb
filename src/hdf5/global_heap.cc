#include "hdf5/global_heap.h"

#include <fmt/format.h>

#include <algorithm>

namespace gh::hdf5 {

namespace {

// To a multiple of eight; of what fits into a file.
std::uint64_t aligned(std::uint64_t size) {
  return (size + 7) / 8 * 8;
}

}  // namespace

Read<GlobalHeaps::Collection> GlobalHeaps::read(std::uint64_t address) {
  const std::uint64_t head_size = 8 + file_.length_width;
  const auto head = file_.read(address, head_size, "a global heap");
  if (!head) return std::unexpected(head.error());
  Fields fields(*head, file_);
  const bool known = fields.bytes(4) == "GCOL" && fields.number(1) == 1;
  fields.skip(3);
  const std::uint64_t size = fields.length();
  if (!known || !file_.holds(address, size) || size < head_size)
    return file_.broken(address, "there is no global heap of version 1");
  // Only what stands before each object is read. Index 0 is the free space, and the last.
  Collection objects;
  const std::uint64_t entry = aligned(8 + file_.length_width);
  for (std::uint64_t at = aligned(head_size); at < size && size - at >= entry;) {
    const auto bytes = file_.read(address + at, entry, "an object of a global heap");
    if (!bytes) return std::unexpected(bytes.error());
    Fields object(*bytes, file_);
    const std::uint64_t index = object.number(2);
    object.skip(6);
    const std::uint64_t length = object.length();
    if (index == 0) {
      if (length != size - at)
        return file_.broken(address + at, "the free space of a global heap is not the rest of it");
      break;
    }
    at += entry;
    if (length > size - at || !objects.emplace(index, Range{address + at, length}).second)
      return file_.broken(address + at, "an object of a global heap makes no sense");
    at += std::min(aligned(length), size - at);
  }
  return objects;
}

Read<Range> GlobalHeaps::find(std::uint64_t address, std::uint64_t index) {
  auto known = known_.find(address);
  if (known == known_.end()) {
    auto read = this->read(address);
    if (!read) return std::unexpected(std::move(read.error()));
    known = known_.emplace(address, std::move(*read)).first;
  }
  const auto object = known->second.find(index);
  if (object == known->second.end())
    return file_.broken(address, fmt::format("a global heap has no object {}", index));
  return object->second;
}

}  // namespace gh::hdf5
