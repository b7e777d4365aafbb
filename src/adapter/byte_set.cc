#include "adapter/byte_set.h"

#include <string_view>

#include "base/text.h"

namespace gh::adapter {

namespace {

bool is_letter(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

}  // namespace

bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

ByteSet beyond_ascii() {
  return ~ByteSet() << 0x80;
}

void put(ByteSet& set, char c) {
  constexpr std::string_view kCasesBeyond = "iIkKsS";
  set.set(static_cast<unsigned char>(c));
  if (is_letter(c)) set.set(static_cast<unsigned char>(c ^ 0x20));
  if (is_beyond_ascii(c) || kCasesBeyond.contains(c)) set |= beyond_ascii();
  if (is_beyond_ascii(c))
    for (const char other : kCasesBeyond) set.set(static_cast<unsigned char>(other));
}

void put_range(ByteSet& set, char from, char to) {
  for (int c = static_cast<unsigned char>(from); c <= static_cast<unsigned char>(to); ++c)
    put(set, static_cast<char>(c));
}

std::optional<ByteSet> class_of(char c) {
  ByteSet set;
  switch (to_lower(c)) {
    case 'd':
      put_range(set, '0', '9');
      break;
    case 's':
      for (const char space : {' ', '\t', '\n', '\r', '\f', '\v'}) put(set, space);
      break;
    case 'w':
      put_range(set, '0', '9');
      put_range(set, 'a', 'z');
      put(set, '_');
      break;
    default:
      return std::nullopt;
  }
  set |= beyond_ascii();
  if (c == to_lower(c)) return set;
  set.flip();
  set |= beyond_ascii();
  return set;
}

}  // namespace gh::adapter
