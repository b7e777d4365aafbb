#include "pickle/utf8.h"

#include <cstring>

namespace gh::pickle {

bool Utf8::lead(unsigned char byte) {
  ++characters_;
  low_ = 0x80;
  high_ = 0xbf;
  if (byte < 0x80) return true;
  if (byte < 0xc2 || byte > 0xf4) return false;
  beyond_latin1_ = beyond_latin1_ || byte > 0xc3;
  missing_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
  if (byte == 0xe0) low_ = 0xa0;
  if (byte == 0xed && !surrogates_pass_) high_ = 0x9f;
  if (byte == 0xf0) low_ = 0x90;
  if (byte == 0xf4) high_ = 0x8f;
  return true;
}

bool Utf8::feed(std::string_view bytes) {
  constexpr std::uint64_t kNotAscii = 0x8080808080808080U;
  std::size_t at = 0;
  while (valid_ && at < bytes.size()) {
    if (missing_ == 0) {
      const std::size_t before = at;
      for (std::uint64_t eight = 0; bytes.size() - at >= sizeof eight; at += sizeof eight) {
        std::memcpy(&eight, bytes.data() + at, sizeof eight);
        if ((eight & kNotAscii) != 0) break;
      }
      characters_ += at - before;
    }
    if (at == bytes.size()) break;
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    if (missing_ == 0) {
      valid_ = lead(byte);
    } else {
      valid_ = byte >= low_ && byte <= high_;
      low_ = 0x80;
      high_ = 0xbf;
      --missing_;
    }
  }
  return valid_;
}

}  // namespace gh::pickle
