#pragma once
// Numbers and strings of a GGUF file, in order. Not thread-safe.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "source/reader.h"

namespace gh::tensors {

class GgufReader {
 public:
  static constexpr std::uint64_t kMaxString = 1ULL << 30;  // bytes; ggml's own limit

  explicit GgufReader(source::Source& source) : reader_(source) {}

  std::uint64_t position() const { return reader_.position(); }
  std::uint64_t left() const { return reader_.left(); }
  bool skip(std::uint64_t size) { return reader_.skip(size); }

  // The next little-endian number; nothing at the end.
  template <class T>
  std::optional<T> number() {
    const std::string_view bytes = reader_.peek(sizeof(T));
    if (bytes.size() < sizeof(T)) return std::nullopt;
    T value{};
    static_assert(std::endian::native == std::endian::little);
    bytes.copy(reinterpret_cast<char*>(&value), sizeof(T));
    reader_.skip(sizeof(T));
    return value;
  }

  // The length of the string that follows, if ggml would accept it: its bytes are then there.
  std::optional<std::uint64_t> string_length() {
    const auto length = number<std::uint64_t>();
    if (!length || *length > kMaxString || *length > left()) return std::nullopt;
    return length;
  }

  // That many bytes; fewer when the source ends.
  std::string take(std::uint64_t size) {
    std::string bytes;
    run(size, [&bytes](std::string_view more) { bytes += more; });
    return bytes;
  }

  // Calls `each(bytes)` for what makes up the next `size` bytes; false when the source ends early.
  template <class Each>
  bool run(std::uint64_t size, Each&& each) {
    while (size > 0) {
      const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(size, kRun));
      const std::string_view bytes = reader_.peek(want).substr(0, want);
      if (bytes.empty()) return false;
      each(bytes);
      size -= bytes.size();
      reader_.skip(bytes.size());
    }
    return true;
  }

 private:
  static constexpr std::size_t kRun = source::Reader::kWindow;
  source::Reader reader_;
};

}  // namespace gh::tensors
