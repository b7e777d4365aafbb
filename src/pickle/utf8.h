#pragma once
// UTF-8 in pieces, as Python decodes it: strictly, or with "surrogatepass", which BINUNICODE uses.

#include <cstdint>
#include <string_view>

namespace gh::pickle {

class Utf8 {
 public:
  explicit Utf8(bool surrogates_pass) : surrogates_pass_(surrogates_pass) {}

  // False from the first byte on that cannot be.
  bool feed(std::string_view bytes);
  // Whether no character is left open.
  bool complete() const { return valid_ && missing_ == 0; }
  // Whether there is a character that Latin-1 lacks.
  bool beyond_latin1() const { return beyond_latin1_; }
  // How many characters have begun.
  std::uint64_t characters() const { return characters_; }

 private:
  bool lead(unsigned char byte);

  bool surrogates_pass_;
  bool valid_ = true;
  bool beyond_latin1_ = false;
  std::uint64_t characters_ = 0;
  int missing_ = 0;         // continuation bytes of the open character
  unsigned char low_ = 0;   // the next continuation byte's least…
  unsigned char high_ = 0;  // …and greatest value
};

inline bool is_utf8(std::string_view bytes, bool surrogates_pass) {
  Utf8 check(surrogates_pass);
  return check.feed(bytes) && check.complete();
}

}  // namespace gh::pickle
