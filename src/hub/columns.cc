#include "hub/columns.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/base64.h"
#include "hub/code_rules.h"

namespace gh::hub {

namespace {

using std::string_view_literals::operator""sv;

// Of an Arrow type: that its definition is a pickle, which stands beside it.
constexpr std::string_view kPickledType = "arrow.py_extension_type";

constexpr std::uint64_t kMostFooter = std::uint64_t{64} << 20;  // bytes
constexpr int kMostDepth = 16;

// The footer of a Parquet file: Thrift's compact protocol, a structure of structures.
class Footer {
 public:
  explicit Footer(std::string_view bytes) : bytes_(bytes) {}

  // To its last byte, with a schema in it, and all columns in this file.
  bool follow() { return structure(0) && at_ == bytes_.size() && schema_ && !elsewhere_ && !odd_; }
  bool has_pickled_type() const { return pickled_; }

 private:
  enum Type : std::uint64_t {
    true_ = 1,
    false_,
    byte_,
    i16,
    i32,
    i64,
    double_,
    binary,
    list_,
    set,
    map,
    struct_
  };

  std::uint64_t byte() {
    if (at_ >= bytes_.size()) {
      broken_ = true;
      return 0;
    }
    return static_cast<unsigned char>(bytes_[at_++]);
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint64_t next = byte();
      value |= (next & 0x7fU) << shift;
      if ((next & 0x80U) == 0) return value;
    }
    broken_ = true;
    return 0;
  }

  bool structure(int depth) {
    if (depth > kMostDepth) return false;
    std::uint64_t field = 0;
    for (;;) {
      const std::uint64_t head = byte();
      if (broken_) return false;
      if (head == 0) return true;
      if (head >> 4 != 0) {
        field += head >> 4;
      } else {
        const std::uint64_t turned = varint();
        field = turned >> 1 ^ (~(turned & 1U) + 1);
      }
      path_.push_back(field);
      const bool good = value(head & 15U, depth, false);
      path_.pop_back();
      if (!good) return false;
    }
  }

  bool value(std::uint64_t type, int depth, bool element) {
    switch (type) {
      case true_:
      case false_:
        if (element) byte();
        return !broken_;
      case byte_:
        byte();
        return !broken_;
      case i16:
      case i32:
      case i64:
        varint();
        return !broken_;
      case double_:
        return !text(8).empty();
      case binary: {
        const std::uint64_t size = varint();
        const std::string_view bytes = text(size);
        if (!broken_) see(bytes);
        return !broken_;
      }
      case list_:
      case set:
        return list(depth);
      case struct_:
        return structure(depth + 1);
      default:
        return false;
    }
  }

  bool list(int depth) {
    const std::uint64_t head = byte();
    const std::uint64_t count = head >> 4 == 15 ? varint() : head >> 4;
    if (path_ == std::vector<std::uint64_t>{2}) schema_ = count > 0;
    // An element has a byte at least.
    if (broken_ || count > bytes_.size() - at_ || depth >= kMostDepth) return false;
    for (std::uint64_t i = 0; i < count; ++i)
      if (!value(head & 15U, depth + 1, true)) return false;
    return true;
  }

  std::string_view text(std::uint64_t size) {
    if (size > bytes_.size() - at_) {
      broken_ = true;
      return {};
    }
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }

  void see(std::string_view bytes) {
    // Where a column lies that is not in this file.
    if (path_ == std::vector<std::uint64_t>{4, 1, 1}) elsewhere_ = elsewhere_ || !bytes.empty();
    // Arrow keeps its own schema in a text beside Parquet's, and reads there what is not quite
    // base64, too: up to the first letter that is none.
    if (path_ != std::vector<std::uint64_t>{5, 2}) return;
    const auto decoded = unbase64(bytes);
    odd_ = odd_ || (!decoded && begins_as_base64(bytes));
    pickled_ = pickled_ || bytes.contains(kPickledType) ||
               (decoded && std::string_view(*decoded).contains(kPickledType));
  }

  static bool begins_as_base64(std::string_view bytes) {
    return bytes.size() >= 4 && std::ranges::all_of(bytes.substr(0, 4), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '+' || c == '/';
           });
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::vector<std::uint64_t> path_;  // fields, from the outermost
  bool broken_ = false;
  bool schema_ = false;
  bool elsewhere_ = false;
  bool odd_ = false;
  bool pickled_ = false;
};

std::optional<std::string> footer_of(source::Source& source) {
  if (source.size() < 16) return std::nullopt;
  const std::string end = bytes_at(source, source.size() - 8, 8);
  const std::uint64_t size = little_endian(end, 0, 4);
  if (!end.ends_with("PAR1") || size > kMostFooter || size > source.size() - 12)
    return std::nullopt;
  return bytes_at(source, source.size() - 8 - size, static_cast<std::size_t>(size));
}

bool begins_parquet(std::string_view head, source::Source& source) {
  if (!head.starts_with("PAR1")) return false;
  const auto footer = footer_of(source);
  return footer && Footer(*footer).follow();
}

End follow_parquet(source::Source&, source::Reader& reader) {
  return pass(reader, reader.left()) ? End::found : End::none;
}

bool has_pickle_parquet(source::Source& source) {
  const std::string bytes = footer_of(source).value_or("");
  Footer footer(bytes);
  return footer.follow() && footer.has_pickled_type();
}

// Arrow: messages, each a table of FlatBuffers that says how many bytes follow it. In a file they
// stand between a mark and a footer.
constexpr std::string_view kMark = "ARROW1";
constexpr std::uint64_t kMostMessage = std::uint64_t{64} << 20;

struct Message {
  std::uint64_t kind = 0;  // 1: a schema, 2: a dictionary, 3: rows
  std::uint64_t body = 0;
};

std::optional<Message> message_of(std::string_view bytes) {
  const std::uint64_t table = little_endian(bytes, 0, 4);
  if (table + 4 > bytes.size()) return std::nullopt;
  // A signed distance back to the list of fields.
  const std::uint64_t fields = (table - little_endian(bytes, table, 4)) & 0xffffffffU;
  if (fields + 4 > bytes.size()) return std::nullopt;
  const std::uint64_t size = little_endian(bytes, fields, 2);
  const auto field = [&](std::uint64_t index, std::size_t width) -> std::uint64_t {
    if (4 + 2 * index + 2 > size) return 0;
    const std::uint64_t at = little_endian(bytes, fields + 4 + 2 * index, 2);
    return at == 0 || table + at + width > bytes.size() ? 0
                                                        : little_endian(bytes, table + at, width);
  };
  const Message message{field(1, 1), field(3, 8)};
  if (message.kind == 0 || message.kind > 5) return std::nullopt;
  return message;
}

class Messages {
 public:
  explicit Messages(source::Reader& reader) : reader_(reader) {}

  // The next one: its kind; 0 for the end, none where there is no message.
  std::optional<std::uint64_t> next() {
    const std::string_view head = reader_.peek(8);
    if (head.size() < 8 || !head.starts_with("\xff\xff\xff\xff")) return std::nullopt;
    const std::uint64_t size = little_endian(head, 4, 4);
    if (size == 0) return pass(reader_, 8) ? std::optional<std::uint64_t>(0) : std::nullopt;
    if (size > kMostMessage || size % 8 != 0 || !pass(reader_, 8)) return std::nullopt;
    const std::string bytes = text(size);
    const auto message = bytes.size() == size ? message_of(bytes) : std::nullopt;
    if (!message || !pass(reader_, message->body)) return std::nullopt;
    pickled_ = pickled_ || std::string_view(bytes).contains(kPickledType);
    return message->kind;
  }

  std::string text(std::uint64_t size) {
    std::string bytes;
    while (bytes.size() < size) {
      const std::string_view more = reader_.peek(1);
      if (more.empty()) break;
      const std::size_t taken = std::min<std::size_t>(more.size(), size - bytes.size());
      bytes.append(more.substr(0, taken));
      pass(reader_, taken);
    }
    return bytes;
  }
  bool has_pickled_type() const { return pickled_; }
  void see(std::string_view bytes) { pickled_ = pickled_ || bytes.contains(kPickledType); }

 private:
  source::Reader& reader_;
  bool pickled_ = false;
};

// To the end of all messages, and of the footer where there is one.
End walk(source::Reader& reader, bool& pickled) {
  const bool file = reader.peek(8).starts_with(kMark);
  if (file && !pass(reader, 8)) return End::none;
  Messages messages(reader);
  std::optional<std::uint64_t> kind = 1;
  while (kind && *kind != 0 && reader.left() > 0) kind = messages.next();
  End end = kind ? End::found : End::none;
  if (end == End::found && file) {
    const std::string footer = messages.text(std::min<std::uint64_t>(reader.left(), kMostMessage));
    messages.see(footer);
    if (!footer.ends_with(kMark) || footer.size() < 10 ||
        little_endian(footer, footer.size() - 10, 4) != footer.size() - 10)
      end = End::none;
  }
  pickled = messages.has_pickled_type();
  return end;
}

bool begins_arrow(std::string_view head, source::Source& source) {
  if (!head.starts_with("ARROW1\0\0"sv) && !head.starts_with("\xff\xff\xff\xff")) return false;
  source::Reader reader(source);
  if (head.starts_with(kMark)) pass(reader, 8);
  return Messages(reader).next() == 1;
}

End follow_arrow(source::Source&, source::Reader& reader) {
  bool pickled = false;
  return walk(reader, pickled);
}

bool has_pickle_arrow(source::Source& source) {
  source::Reader reader(source);
  bool pickled = false;
  walk(reader, pickled);
  return pickled;
}

constexpr std::array kColumns = {
    Passive{"Parquet table", begins_parquet, follow_parquet, has_pickle_parquet},
    Passive{"Arrow table", begins_arrow, follow_arrow, has_pickle_arrow},
};

}  // namespace

std::span<const Passive> columns() {
  return kColumns;
}

}  // namespace gh::hub
