#include "hdf5/datatype.h"

#include <fmt/format.h>

namespace gh::hdf5 {

Read<Datatype> parse_datatype(File& file, std::string_view bytes, std::uint64_t address) {
  using Form = Datatype::Form;
  constexpr std::uint64_t kClasses = 12;
  constexpr std::uint64_t kVersions = 5;
  Fields fields(bytes, file);
  const std::uint64_t head = fields.number(1);
  const std::uint64_t bits = fields.number(3);
  const std::uint64_t size = fields.number(4);
  if (!fields.ok()) return file.broken(address, "a datatype is cut");
  if (head % 16 >= kClasses || head / 16 == 0 || head / 16 > kVersions)
    return file.broken(address,
                       fmt::format("a datatype of class {}, version {}", head % 16, head / 16));
  switch (head % 16) {
    case 0:
    case 1:
      return Datatype{size == 1 ? Form::byte : Form::number, size};
    case 3:
      return Datatype{Form::text, size};
    case 5:
      return Datatype{Form::opaque, size};
    case 9:
      return Datatype{bits % 16 == 1 ? Form::variable_text : Form::variable_values, size};
    default:
      return Datatype{Form::other, size};
  }
}

Read<Datatype> read_datatype(File& file, std::string_view bytes, bool shared,
                             std::uint64_t address) {
  if (!shared) return parse_datatype(file, bytes, address);
  Fields fields(bytes, file);
  const std::uint64_t version = fields.number(1);
  const std::uint64_t where = fields.number(1);
  const std::uint64_t other = fields.address();
  // In version 3 a 2 says that another object has it; before, there was nothing else.
  if (!fields.ok() || !(version == 2 || (version == 3 && where == 2)))
    return file.broken(address, fmt::format("a shared message of version {}", version));
  const auto header = read_object_header(file, other);
  if (!header) return std::unexpected(header.error());
  for (const Message& message : header->messages)
    if (message.type == MessageType::datatype && !message.shared)
      return parse_datatype(file, message.bytes, message.address);
  return file.broken(other, "there is no datatype where one is shared from");
}

Read<std::uint64_t> parse_dataspace(File& file, std::string_view bytes, std::uint64_t address) {
  Fields fields(bytes, file);
  const std::uint64_t version = fields.number(1);
  const std::uint64_t rank = fields.number(1);
  fields.skip(1);  // flags: whether greatest sizes follow
  std::uint64_t type = 1;
  if (version == 1)
    fields.skip(5);
  else
    type = fields.number(1);
  std::uint64_t elements = 1;
  bool overflow = false;
  for (std::uint64_t i = 0; i < rank; ++i)
    overflow |= __builtin_mul_overflow(elements, fields.length(), &elements);
  if (version < 1 || version > 2 || type > 2 || rank > 32 || !fields.ok() || overflow)
    return file.broken(address, "a dataspace is none of version 1 or 2");
  return type == 2 ? 0 : elements;
}

}  // namespace gh::hdf5
