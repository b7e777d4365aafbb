#include "hdf5/attribute.h"

#include <fmt/format.h>

namespace gh::hdf5 {

Read<Attribute> parse_attribute(File& file, std::string_view bytes, std::uint64_t address) {
  Fields fields(bytes, file);
  const std::uint64_t version = fields.number(1);
  const std::uint64_t flags = fields.number(1);
  const std::uint64_t name_size = fields.number(2);
  const std::uint64_t type_size = fields.number(2);
  const std::uint64_t space_size = fields.number(2);
  if (version < 1 || version > 3)
    return file.broken(address, fmt::format("an attribute of version {}", version));
  if (version == 3) fields.skip(1);  // how its name is encoded
  // The first version fills each part up.
  const auto part = [&](std::uint64_t size) {
    const std::string_view taken = fields.bytes(size);
    if (version == 1) fields.align();
    return taken;
  };
  const std::string_view name = part(name_size);
  const std::uint64_t type_at = address + fields.at();
  const std::string_view type_bytes = part(type_size);
  const std::uint64_t space_at = address + fields.at();
  const std::string_view space_bytes = part(space_size);
  if (!fields.ok()) return file.broken(address, "an attribute is cut");
  const bool shared = version > 1 && (flags & 1) != 0;
  if (version > 1 && (flags & ~std::uint64_t{1}) != 0)
    return file.broken(address, fmt::format("an attribute with the flags {}", flags));
  const auto type = read_datatype(file, type_bytes, shared, type_at);
  if (!type) return std::unexpected(type.error());
  const auto elements = parse_dataspace(file, space_bytes, space_at);
  if (!elements) return std::unexpected(elements.error());
  std::uint64_t size = 0;
  const std::uint64_t data_at = address + fields.at();
  if (__builtin_mul_overflow(*elements, type->size, &size) || size > fields.left())
    return file.broken(address, "an attribute is longer than the place that it has");
  return Attribute{name.substr(0, name.find('\0')), *type, *elements, fields.bytes(size), data_at};
}

}  // namespace gh::hdf5
