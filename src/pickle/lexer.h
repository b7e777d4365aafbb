#pragma once
// Tokens of a pickle stream, read as C `_pickle` reads them (Modules/_pickle.c of CPython 3.8 to
// 3.14). Arguments that are not needed are skipped, not copied: memory is one window of the reader.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "pickle/opcodes.h"
#include "source/reader.h"

namespace gh::pickle {

struct Token {
  Opcode opcode{};
  std::uint64_t at = 0;  // offset of the opcode
  // A fixed argument, its bytes as an unsigned number; or the index that GET and PUT write as text.
  std::uint64_t number = 0;
  // Of INT, LONG, LONG1 and LONG4, when it is certain and fits.
  std::optional<std::int64_t> integer;
  std::uint64_t length = 0;  // of a counted argument or a line, in bytes of the stream
  // That argument when it is at most `Lexer::kKept` bytes, escapes undone; valid until the next
  // token.
  std::string_view text;
  std::string_view second;  // the name of GLOBAL and INST
  // Of a text; of Python 2's strings their bytes. None where that was not counted.
  std::optional<std::uint64_t> characters;
  bool kept = false;  // whether `text` and `second` are whole; of these two there is a beginning
  // Of a GLOBAL or INST that the bytes end in: Python's own loader imports all but the last byte.
  bool cut_name = false;
  bool boolean = false;        // INT "00" or "01"
  bool odd_number = false;     // see number.h
  bool not_utf8 = false;       // bytes that a loader may or may not take as text, by its encoding
  bool beyond_latin1 = false;  // a text with a character that Latin-1 lacks
};

class Lexer {
 public:
  // Longest name or text that is looked at.
  static constexpr std::size_t kKept = 255;

  enum class Problem : std::uint8_t { none, end, truncated, unknown_opcode, bad_argument };

  explicit Lexer(source::Reader& reader) : reader_(reader) {}

  // False at the end of the bytes and when a loader could not go on; `problem` says which.
  bool next() {
    if (end_ - next_ < kLongestFixed) [[unlikely]]
      return next_slowly();
    const auto opcode = static_cast<unsigned char>(*next_);
    const std::uint8_t size = kFixedSizes[opcode];
    token_.opcode = static_cast<Opcode>(opcode);
    token_.at = position();
    if (size == kNotFixed) return variable();
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, next_ + 1, sizeof bytes);
    token_.number = bytes & kMasks[size];
    next_ += 1 + size;
    return true;
  }
  const Token& token() const { return token_; }
  Problem problem() const { return problem_; }

  // Offset of the next byte.
  std::uint64_t position() const {
    return window_at_ + static_cast<std::uint64_t>(next_ - window_.data());
  }
  std::uint64_t left() { return synced().left(); }

  // Bytes that are no opcodes (joblib's arrays). False when they are not all there.
  bool skip(std::uint64_t size) { return synced().skip(size) && (drop_window(), true); }
  // Back to an earlier opcode, to lex it again.
  void rewind(std::uint64_t position);
  // The next byte, or nothing at the end.
  std::optional<unsigned char> peek_byte();

 private:
  static constexpr std::ptrdiff_t kLongestFixed = 9;  // an opcode and 8 bytes
  static_assert(std::endian::native == std::endian::little);
  static constexpr std::array<std::uint64_t, 9> kMasks = {
      0, 0xff, 0xffff, 0, 0xffff'ffff, 0, 0, 0, 0xffff'ffff'ffff'ffff};

  // Up to `size` bytes from here; fewer at the end.
  std::string_view ahead(std::size_t size) {
    if (static_cast<std::size_t>(end_ - next_) < size) refill(size);
    return {next_, static_cast<std::size_t>(end_ - next_)};
  }
  bool next_slowly();
  bool variable();
  void refill(std::size_t size);
  source::Reader& synced();
  void drop_window();

  bool fail(Problem problem);
  bool counted(std::size_t size_of_length);
  bool counted_value(std::uint64_t length, std::string_view bytes);
  // Whether it is UTF-8; notes what Latin-1 lacks.
  bool decode(std::string_view bytes, bool surrogates_pass);
  bool long_counted(std::uint64_t length);
  bool line();
  bool lines();
  void keep_cut_name(std::string_view module, std::string_view name);
  bool line_value(std::string_view line);
  bool index_line(std::string_view line);
  bool quoted(std::string_view line);
  // The rest up to a newline; false at the end of the bytes. Empty when longer than a window.
  bool read_line(std::string_view& line);

  source::Reader& reader_;
  std::string_view window_;
  std::uint64_t window_at_ = 0;
  const char* next_ = nullptr;  // in the window
  const char* end_ = nullptr;   // of the window
  Token token_;
  Problem problem_ = Problem::none;
  std::string first_;    // the module of GLOBAL and INST
  std::string decoded_;  // a text whose escapes are undone
};

}  // namespace gh::pickle
