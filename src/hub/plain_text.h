#pragma once
// Whether bytes are a text that somebody wrote, of whole files and of those that come in pieces.

#include <cstdint>
#include <string>
#include <string_view>

namespace gh::hub {

// UTF-8 without NUL.
bool is_text(std::string_view bytes);

// Reads a text piece by piece; a character may lie across a border. Keeps up to three bytes.
class TextMeter {
 public:
  void read(std::string_view piece);

  // UTF-8 without NUL, to the end of what was read.
  bool is_text() const { return well_formed_ && rest_.empty(); }

  // Whatever follows, it is no text.
  bool is_broken() const { return !well_formed_; }

  // Whether it holds more control characters than a text has by accident: beyond white space,
  // backspaces and escapes (logs of terminals have them) more than two, and one in a thousand
  // bytes. Small binary formats (protobuf, for one) have lengths and tags there.
  bool has_controls() const { return controls_ > 2 && controls_ * 1000 >= bytes_; }

 private:
  bool well_formed_ = true;
  std::string rest_;  // the beginning of a character
  std::uint64_t bytes_ = 0;
  std::uint64_t controls_ = 0;
};

}  // namespace gh::hub
