#include "hub/plain_text.h"

#include <algorithm>

#include "base/text.h"

namespace gh::hub {

namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 && !(byte >= '\b' && byte <= '\r') && byte != 0x1B;
}

// Bytes at the end that may begin a character whose rest is still to come.
std::size_t unfinished(std::string_view bytes) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, bytes.size()); ++back) {
    const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return size > back ? back : 0;
  }
  return 0;
}

}  // namespace

bool is_text(std::string_view bytes) {
  return is_utf8(bytes) && !bytes.contains('\0');
}

void TextMeter::read(std::string_view piece) {
  bytes_ += piece.size();
  controls_ += static_cast<std::uint64_t>(std::ranges::count_if(piece, is_control));
  if (!well_formed_) return;
  // The character at the border by itself, so that the piece is not copied.
  while (!rest_.empty() && !piece.empty()) {
    rest_ += piece.front();
    piece.remove_prefix(1);
    if (unfinished(rest_) != rest_.size()) {
      well_formed_ = hub::is_text(rest_);
      rest_.clear();
    }
  }
  const std::size_t keep = unfinished(piece);
  well_formed_ = well_formed_ && hub::is_text(piece.substr(0, piece.size() - keep));
  rest_ += piece.substr(piece.size() - keep);
}

}  // namespace gh::hub
