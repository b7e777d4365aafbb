#include "pickle/lexer.h"

#include <algorithm>
#include <cstring>

#include "pickle/escapes.h"
#include "pickle/number.h"
#include "pickle/utf8.h"
#include "source/bytes.h"

namespace gh::pickle {

namespace {

using source::little_endian;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_text(Opcode opcode) {
  return opcode == Opcode::binunicode || opcode == Opcode::short_binunicode ||
         opcode == Opcode::binunicode8;
}

// Python 2's strings, which a loader decodes by its `encoding`.
bool is_old_string(Opcode opcode) {
  return opcode == Opcode::binstring || opcode == Opcode::short_binstring;
}

bool is_long(Opcode opcode) {
  return opcode == Opcode::long1 || opcode == Opcode::long4;
}

}  // namespace

source::Reader& Lexer::synced() {
  reader_.skip(static_cast<std::uint64_t>(next_ - window_.data()));
  drop_window();
  return reader_;
}

void Lexer::rewind(std::uint64_t position) {
  synced().rewind(position);
  drop_window();
  problem_ = Problem::none;
}

void Lexer::drop_window() {
  window_ = {};
  window_at_ = reader_.position();
  next_ = end_ = nullptr;
}

void Lexer::refill(std::size_t size) {
  reader_.skip(static_cast<std::uint64_t>(next_ - window_.data()));
  window_ = reader_.peek(size);
  window_at_ = reader_.position();
  next_ = window_.data();
  end_ = next_ + window_.size();
}

std::optional<unsigned char> Lexer::peek_byte() {
  const std::string_view bytes = ahead(1);
  if (bytes.empty()) return std::nullopt;
  return static_cast<unsigned char>(bytes[0]);
}

bool Lexer::fail(Problem problem) {
  problem_ = problem;
  return false;
}

// Where fewer than `kLongestFixed` bytes are in the window, or left at all.
bool Lexer::next_slowly() {
  const std::string_view bytes = ahead(kLongestFixed);
  token_.at = position();
  if (bytes.empty()) return fail(Problem::end);
  if (bytes.size() >= kLongestFixed) return next();
  token_.opcode = static_cast<Opcode>(static_cast<unsigned char>(bytes[0]));
  const std::size_t size = kFixedSizes[static_cast<std::size_t>(token_.opcode)];
  if (size == kNotFixed) return variable();
  if (bytes.size() < 1 + size) return fail(Problem::truncated);
  token_.number = little_endian(bytes, 1, size);
  next_ += 1 + size;
  return true;
}

bool Lexer::variable() {
  switch (facts(token_.opcode).argument) {
    case Argument::counted1:
      return counted(1);
    case Argument::counted4:
      return counted(4);
    case Argument::counted8:
      return counted(8);
    case Argument::line:
      return line();
    case Argument::lines:
      return lines();
    default:
      return fail(Problem::unknown_opcode);
  }
}

bool Lexer::counted(std::size_t size_of_length) {
  const std::string_view head = ahead(1 + size_of_length);
  if (head.size() < 1 + size_of_length) return fail(Problem::truncated);
  const std::uint64_t length = little_endian(head, 1, size_of_length);
  const std::uint64_t most = token_.opcode == Opcode::long4 ? INT32_MAX : INT64_MAX;
  if (length > most) return fail(Problem::bad_argument);
  next_ += 1 + size_of_length;
  token_.length = length;
  token_.kept = false;
  token_.text = {};
  token_.boolean = token_.odd_number = token_.not_utf8 = token_.beyond_latin1 = false;
  if (length > kKept) return long_counted(length);
  const auto size = static_cast<std::size_t>(length);
  const std::string_view bytes = ahead(size);
  if (bytes.size() < size) return fail(Problem::truncated);
  next_ += size;
  return counted_value(length, bytes.substr(0, size));
}

bool Lexer::decode(std::string_view bytes, bool surrogates_pass) {
  Utf8 check(surrogates_pass);
  check.feed(bytes);
  token_.beyond_latin1 = check.beyond_latin1();
  token_.characters = check.characters();
  return check.complete();
}

bool Lexer::counted_value(std::uint64_t length, std::string_view bytes) {
  token_.text = bytes;
  token_.kept = true;
  if (is_text(token_.opcode)) return decode(bytes, true) || fail(Problem::bad_argument);
  if (is_old_string(token_.opcode)) {
    token_.not_utf8 = !decode(bytes, false);
    token_.characters = length;
  }
  if (is_long(token_.opcode))
    token_.integer = length == 0 ? std::optional<std::int64_t>(0) : long_bytes(bytes);
  return true;
}

// Text is read through, because a loader stops at what is not UTF-8; bytes are passed over.
bool Lexer::long_counted(std::uint64_t length) {
  token_.integer.reset();
  if (!is_text(token_.opcode) && !is_old_string(token_.opcode))
    return skip(length) || fail(Problem::truncated);
  Utf8 check(is_text(token_.opcode));
  token_.characters = length;
  while (length > 0) {
    const std::string_view bytes =
        ahead(static_cast<std::size_t>(std::min<std::uint64_t>(length, source::Reader::kWindow)));
    if (bytes.empty()) return fail(Problem::truncated);
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(length, bytes.size()));
    check.feed(bytes.substr(0, part));
    next_ += part;
    length -= part;
  }
  token_.not_utf8 = !check.complete();
  token_.beyond_latin1 = check.beyond_latin1();
  if (is_text(token_.opcode)) token_.characters = check.characters();
  return !(token_.not_utf8 && is_text(token_.opcode)) || fail(Problem::bad_argument);
}

bool Lexer::read_line(std::string_view& line) {
  std::uint64_t length = 0;
  token_.kept = true;
  // A short line is in the window already; a longer one may need a full window.
  for (std::size_t wanted = 2 * kKept;;) {
    const std::string_view bytes = ahead(wanted);
    const std::size_t newline = bytes.find('\n');
    if (newline != std::string_view::npos) {
      length += newline;
      next_ += newline + 1;
      line = token_.kept ? bytes.substr(0, newline) : std::string_view{};
      token_.length += length;
      return true;
    }
    if (bytes.size() < wanted) return false;
    if (wanted < source::Reader::kWindow) {
      wanted = source::Reader::kWindow;
      continue;
    }
    token_.kept = false;
    length += bytes.size();
    next_ += bytes.size();
  }
}

bool Lexer::line() {
  ++next_;
  token_.length = 0;
  token_.text = {};
  token_.characters.reset();
  token_.integer.reset();
  token_.boolean = token_.odd_number = token_.not_utf8 = token_.beyond_latin1 = false;
  std::string_view text;
  if (!read_line(text)) return fail(Problem::truncated);
  return line_value(text) || fail(Problem::bad_argument);
}

bool Lexer::line_value(std::string_view line) {
  switch (token_.opcode) {
    case Opcode::int_:
      token_.boolean = line == "00" || line == "01";
      if (token_.boolean) {
        token_.integer = line == "01" ? 1 : 0;
        return true;
      }
      [[fallthrough]];
    case Opcode::long_: {
      if (token_.opcode == Opcode::long_ && line.ends_with('L')) line.remove_suffix(1);
      const TextInteger number = token_.kept ? text_integer(line) : TextInteger{Writing::odd, {}};
      token_.odd_number = number.writing == Writing::odd;
      token_.integer = number.value;
      return number.writing != Writing::bad;
    }
    case Opcode::float_: {
      const Writing writing = token_.kept ? text_real(line) : Writing::odd;
      token_.odd_number = writing == Writing::odd;
      return writing != Writing::bad;
    }
    case Opcode::get:
    case Opcode::put:
      return index_line(line);
    case Opcode::string:
      return quoted(line);
    case Opcode::unicode:
      if (token_.kept && !undo_unicode_escapes(line, decoded_)) return false;
      if (token_.kept) decode(decoded_, true);
      token_.kept = token_.kept && decoded_.size() <= kKept;
      if (token_.kept) token_.text = decoded_;
      return true;
    default:  // PERSID
      if (token_.kept && !is_ascii(line)) return false;
      token_.kept = token_.kept && line.size() <= kKept;
      if (token_.kept) token_.text = line;
      return true;
  }
}

bool Lexer::index_line(std::string_view line) {
  if (!token_.kept) return false;
  const TextInteger number = text_index(line);
  token_.odd_number = number.writing == Writing::odd;
  if (!number.value || *number.value < 0) return false;
  token_.number = static_cast<std::uint64_t>(*number.value);
  return true;
}

bool Lexer::quoted(std::string_view line) {
  if (!token_.kept) return true;
  if (line.size() < 2 || line.front() != line.back() || (line[0] != '\'' && line[0] != '"'))
    return false;
  if (!undo_string_escapes(line.substr(1, line.size() - 2), decoded_)) return false;
  token_.not_utf8 = !decode(decoded_, false);
  token_.characters = decoded_.size();
  token_.kept = decoded_.size() <= kKept;
  if (token_.kept) token_.text = decoded_;
  return true;
}

bool Lexer::lines() {
  ++next_;
  token_.length = 0;
  token_.text = token_.second = {};
  token_.cut_name = false;
  std::string_view module;
  if (!read_line(module)) {
    keep_cut_name(ahead(1), {});
    return fail(Problem::truncated);
  }
  const bool module_kept = token_.kept && module.size() <= kKept;
  first_.assign(module.substr(0, kKept));
  std::string_view name;
  if (!read_line(name)) {
    keep_cut_name(first_, ahead(1));
    return fail(Problem::truncated);
  }
  token_.kept = token_.kept && module_kept && name.size() <= kKept;
  token_.text = first_;
  token_.second = name.substr(0, kKept);
  if (!token_.kept) return true;
  const bool readable = token_.opcode == Opcode::inst
                            ? is_ascii(first_) && is_ascii(name)
                            : is_utf8(first_, false) && is_utf8(name, false);
  return readable || fail(Problem::bad_argument);
}

// `name`, or without one `module`, is what was left of the bytes.
void Lexer::keep_cut_name(std::string_view module, std::string_view name) {
  std::string_view& last = name.data() == nullptr ? module : name;
  last.remove_suffix(last.empty() ? 0 : 1);
  token_.cut_name = !module.empty() && module.size() <= kKept && name.size() <= kKept;
  token_.text = module;
  token_.second = name;
}

}  // namespace gh::pickle
