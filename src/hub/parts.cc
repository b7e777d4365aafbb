#include "hub/parts.h"

namespace gh::hub {

namespace {

std::uint64_t byte_of(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

}  // namespace

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | byte_of(bytes, at + i);
  return value;
}

std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | byte_of(bytes, at + i);
  return value;
}

std::string bytes_at(source::Source& source, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  bytes.resize(source.read_at(offset, bytes));
  return bytes;
}

bool pass(source::Reader& reader, std::uint64_t size) {
  return size <= reader.left() && reader.skip(size);
}

}  // namespace gh::hub
