#include "source/bytes.h"

#include <algorithm>

namespace gh::source {

std::string bytes_at(Source& source, std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t there = source.size() - std::min(source.size(), offset);
  std::string bytes(static_cast<std::size_t>(std::min(size, there)), '\0');
  bytes.resize(source.read_at(offset, bytes));
  return bytes;
}

bool pass(Reader& reader, std::uint64_t size) {
  return size <= reader.left() && reader.skip(size);
}

}  // namespace gh::source
