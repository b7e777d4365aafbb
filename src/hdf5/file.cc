#include "hdf5/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "source/bytes.h"

namespace gh::hdf5 {

std::size_t width_of(std::uint64_t most) {
  return (static_cast<std::size_t>(std::bit_width(most | 1)) + 7) / 8;
}

std::uint64_t File::offset(std::uint64_t address) const {
  const std::uint64_t size = source_.size();
  return base_ > size || address > size - base_ ? size : base_ + address;
}

bool File::holds(std::uint64_t address, std::uint64_t size) const {
  const std::uint64_t there = source_.size() > base_ ? source_.size() - base_ : 0;
  return address <= there && size <= there - address;
}

std::unexpected<Problem> File::broken(std::uint64_t address, std::string message) const {
  return std::unexpected(Problem{std::move(message), offset(address)});
}

Read<> File::spend(std::uint64_t bytes, std::uint64_t address) {
  if (bytes > kMaxBytes - spent_)
    return std::unexpected(
        Problem{fmt::format("its structures have more than {} MiB", kMaxBytes >> 20),
                offset(address), true});
  spent_ += bytes;
  return {};
}

Read<std::string> File::read(std::uint64_t address, std::uint64_t size, std::string_view what) {
  if (address == kUndefined) return broken(address, fmt::format("{} is nowhere", what));
  if (!holds(address, size))
    return broken(address, fmt::format("{} of {} bytes lies outside the file", what, size));
  if (auto spent = spend(size, address); !spent) return std::unexpected(spent.error());
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (source_.read_at(base_ + address, bytes) != size)
    return broken(address, fmt::format("{} cannot be read", what));
  return bytes;
}

std::uint64_t Fields::number(std::size_t width) {
  const std::string_view digits = bytes(width);
  return source::little_endian(digits, 0, digits.size());
}

std::uint64_t Fields::address() {
  const std::string_view digits = bytes(file_.address_width);
  if (std::ranges::all_of(digits, [](char c) { return c == '\xff'; })) return kUndefined;
  return Fields(digits, file_).number(digits.size());
}

std::string_view Fields::bytes(std::uint64_t size) {
  if (size > left()) {
    ok_ = false;
    at_ = bytes_.size();
    return {};
  }
  const std::string_view taken = bytes_.substr(at_, static_cast<std::size_t>(size));
  at_ += taken.size();
  return taken;
}

std::string_view Fields::text() {
  const std::size_t end = bytes_.find('\0', at_);
  if (end == std::string_view::npos) return bytes(std::uint64_t{left()} + 1);
  const std::string_view taken = bytes(end - at_);
  skip(1);
  return taken;
}

void Fields::align() {
  at_ = std::min((at_ + 7) / 8 * 8, bytes_.size());
}

}  // namespace gh::hdf5
