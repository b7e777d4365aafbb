#include "hdf5/link.h"

#include <fmt/format.h>

namespace gh::hdf5 {

namespace {

constexpr std::uint64_t kHard = 0;
constexpr std::uint64_t kSoft = 1;
constexpr std::uint64_t kExternal = 64;

}  // namespace

Read<Link> parse_link(File& file, std::string_view bytes, std::uint64_t address) {
  Fields fields(bytes, file);
  const std::uint64_t version = fields.number(1);
  const std::uint64_t flags = fields.number(1);
  const std::uint64_t type = (flags & 0x08) != 0 ? fields.number(1) : kHard;
  if ((flags & 0x04) != 0) fields.skip(8);  // when it was made
  if ((flags & 0x10) != 0) fields.skip(1);  // how its name is encoded
  Link link{};
  link.name = fields.bytes(fields.number(std::size_t{1} << (flags & 0x03)));
  if (type == kHard) {
    link.kind = Link::Kind::hard;
    link.target = fields.address();
  } else {
    const std::string_view value = fields.bytes(fields.number(2));
    link.kind = type == kSoft       ? Link::Kind::soft
                : type == kExternal ? Link::Kind::external
                                    : Link::Kind::user_defined;
    link.type = type;
    if (type == kExternal) {
      Fields where(value, file);
      where.skip(1);  // version and flags
      link.file = where.text();
      link.object = where.text();
    }
  }
  if (version != 1 || !fields.ok() || (type > kSoft && type < kExternal))
    return file.broken(address, fmt::format("a link of version {}, type {}", version, type));
  return link;
}

}  // namespace gh::hdf5
