#pragma once
// A file of HDF5 as its structures see it: addresses count from the superblock, numbers are little
// endian and as wide as the superblock says. Used by one thread.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "source/source.h"

namespace gh::hdf5 {

// Why a structure was not followed. `offset`: of it, in the source.
struct Problem {
  std::string message;
  std::uint64_t offset;
  bool limit = false;  // too much of it, and not wrong
};
template <class T = void>
using Read = std::expected<T, Problem>;

inline constexpr std::uint64_t kUndefined = UINT64_MAX;  // an address of nothing

// Bytes of a number that may be up to `most`, where a structure makes it as short as it can.
std::size_t width_of(std::uint64_t most);

// Bytes in the file, by address.
struct Range {
  std::uint64_t address;
  std::uint64_t size;
};

class File {
 public:
  // Bytes of structures that are read in all, each time that they are.
  static constexpr std::uint64_t kMaxBytes = std::uint64_t{512} << 20;

  // The superblock lies at `base` of `source`, which outlives this.
  File(source::Source& source, std::uint64_t base) : source_(source), base_(base) {}

  // Bytes of an address, and of a length. 8 until the superblock says otherwise.
  std::size_t address_width = 8;
  std::size_t length_width = 8;

  // All `size` bytes at `address`; `what` they are is for the message.
  Read<std::string> read(std::uint64_t address, std::uint64_t size, std::string_view what);
  // Counts bytes that somebody else reads because of this file.
  Read<> spend(std::uint64_t bytes, std::uint64_t address);
  bool holds(std::uint64_t address, std::uint64_t size) const;

  std::uint64_t base() const { return base_; }
  std::uint64_t offset(std::uint64_t address) const;  // in the source; at most its size
  std::unexpected<Problem> broken(std::uint64_t address, std::string message) const;

 private:
  source::Source& source_;
  std::uint64_t base_;
  std::uint64_t spent_ = 0;
};

// Reads fields one after the other. What lies behind the end is 0 and makes `ok()` false: ask once,
// before anything is believed.
class Fields {
 public:
  Fields(std::string_view bytes, const File& file) : bytes_(bytes), file_(file) {}

  std::uint64_t number(std::size_t width);  // bytes; at most 8
  std::uint64_t address();
  std::uint64_t length() { return number(file_.length_width); }
  std::uint64_t length_size() const { return file_.length_width; }
  std::string_view bytes(std::uint64_t size);
  std::string_view rest() { return bytes(left()); }
  // Up to a NUL, which is taken too.
  std::string_view text();
  void skip(std::uint64_t size) { (void)bytes(size); }
  // Moves on to a multiple of eight, which may lie behind the end.
  void align();

  std::size_t at() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }
  bool ok() const { return ok_; }

 private:
  std::string_view bytes_;
  const File& file_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace gh::hdf5
