#pragma once
// JSON as Gatehouse understands it: one strict RFC 8259 document, and one canonical way to write.
//
// Parsing refuses everything that two parsers could read differently: invalid UTF-8, a byte order
// mark, duplicate keys (compared after unescaping), lone surrogates, NaN and Infinity, integers
// outside 64 bits, numbers that overflow a double, nesting deeper than a limit, trailing bytes.
// What Python's json, vLLM's reader, accepts of those is noted in tests/unit/json/parser_test.cc.
//
// A `Value` is a view into its `Document`, a `Document` belongs to its `Parser` and is valid until
// the parser's next parse. Not thread-safe: one Parser per thread.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace gh::json {

enum class Type : std::uint8_t {
  null,
  boolean,
  integer,
  unsigned_integer,
  real,
  string,
  array,
  object
};

// "null", "boolean", "integer", "integer", "number", "string", "array", "object".
std::string_view name(Type type);

struct Node;  // one value on the tape; node.h

class Members;
class Elements;

// A view of one value; one pointer, copy freely.
class Value {
 public:
  Value() = default;  // absent: type() is null and exists() is false

  bool exists() const { return node_ != nullptr; }
  Type type() const;
  bool is(Type t) const { return exists() && type() == t; }
  bool is_null() const { return is(Type::null); }
  bool is_string() const { return is(Type::string); }
  bool is_object() const { return is(Type::object); }
  bool is_array() const { return is(Type::array); }
  bool is_bool() const { return is(Type::boolean); }
  // The same for the same value of one document, and for no other.
  const void* id() const { return node_; }
  // Written without fraction or exponent, and within 64 bits.
  bool is_integer() const { return is(Type::integer) || is(Type::unsigned_integer); }
  bool is_number() const { return is_integer() || is(Type::real); }

  // Each may be called on its own type only: on another it is a counted bug, and false, "" or 0.
  bool boolean() const;
  std::string_view string() const;  // unescaped UTF-8
  double number() const;            // any number; integers above 2^53 are rounded
  // The value of an integer that fits, else nothing.
  std::optional<std::int64_t> int64() const;

  // Members or elements of an object or array; 0 for anything else.
  std::size_t size() const;
  // The member of that name, or an absent Value; also on values that are no object.
  Value operator[](std::string_view key) const;
  Members members() const;    // of an object; empty for anything else
  Elements elements() const;  // of an array; empty for anything else

 private:
  friend class Document;
  friend class Members;
  friend class Elements;
  friend class Writer;
  explicit Value(const Node* node) : node_(node) {}
  const Node* node_ = nullptr;
};

struct Member {
  std::string_view key;  // unescaped
  Value value;
};

// Ranges for `for (auto [key, value] : object.members())` and `for (Value v : array.elements())`.
class Members {
 public:
  class iterator {
   public:
    explicit iterator(const Node* at) : at_(at) {}
    Member operator*() const;
    iterator& operator++();
    bool operator==(const iterator&) const = default;

   private:
    const Node* at_;
  };
  iterator begin() const { return iterator(begin_); }
  iterator end() const { return iterator(end_); }

 private:
  friend class Value;
  Members(const Node* begin, const Node* end) : begin_(begin), end_(end) {}
  const Node* begin_;
  const Node* end_;
};

class Elements {
 public:
  class iterator {
   public:
    explicit iterator(const Node* at) : at_(at) {}
    Value operator*() const;
    iterator& operator++();
    bool operator==(const iterator&) const = default;

   private:
    const Node* at_;
  };
  iterator begin() const { return iterator(begin_); }
  iterator end() const { return iterator(end_); }

 private:
  friend class Value;
  Elements(const Node* begin, const Node* end) : begin_(begin), end_(end) {}
  const Node* begin_;
  const Node* end_;
};

struct Limits {
  std::size_t depth = 64;          // of nested arrays and objects; the document itself is 1
  std::size_t values = 1'000'000;  // in all
};

enum class ParseErrorKind {
  syntax,         // not JSON, or more than one document
  encoding,       // not UTF-8, or with a byte order mark
  number,         // outside what every parser reads alike
  duplicate_key,  // `path` names it
  too_deep,
  too_large,  // more values than the limit
};

struct ParseError {
  ParseErrorKind kind;
  std::string path;     // where, for duplicate_key: "messages[0].role"; else empty
  std::string message;  // for the client; quotes nothing of the document but `path`, escaped
};

class Document {
 public:
  Value root() const { return Value(root_); }

 private:
  friend class Parser;
  explicit Document(const Node* root) : root_(root) {}
  const Node* root_;
};

class Parser {
 public:
  explicit Parser(Limits limits = {});
  Parser(Parser&&) noexcept;
  Parser& operator=(Parser&&) noexcept;
  ~Parser();

  // `text` must be followed by Buffer::kSlack readable bytes (what a Buffer has); the bytes
  // themselves are not needed any more when this returns.
  std::expected<Document, ParseError> parse_padded(std::string_view text);
  // Any text; copies it.
  std::expected<Document, ParseError> parse(std::string_view text);
  // Gives back memory grown beyond `keep` bytes of document; for after a large one, and its
  // Document ends.
  void shrink(std::size_t keep);
  std::size_t capacity() const;  // bytes of the longest document that it has memory for

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// How many bytes at the beginning of `text` stand for themselves inside a JSON string: up to the
// first control character, quote or backslash.
std::size_t literal_length(std::string_view text);

// Writes canonical JSON: no white space; integers as integers, reals in the shortest form that
// reads back to the same double and is still a real ("1.0", "1e+22"); strings with only the
// escapes that JSON demands (\" \\ and controls, \b \f \n \r \t by their short form). For every
// text that Parser accepts, Python's json reads `write(parse(text))` as it reads `text`.
// Commas are the writer's business: call begin/key/value/end in document order.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  // A key that is written already, with its colon: `"name":`.
  Writer& quoted_key(std::string_view quoted);
  Writer& null();
  Writer& boolean(bool value);
  Writer& integer(std::int64_t value);
  Writer& unsigned_integer(std::uint64_t value);
  Writer& real(double value);  // must be finite
  Writer& string(std::string_view utf8);
  Writer& value(Value value);  // a whole subtree, copied canonically
  // Shorthands for `key(name).…`.
  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& member(std::string_view name, std::int64_t number) { return key(name).integer(number); }

 private:
  void separate();
  std::string& out_;
  bool comma_ = false;
};

}  // namespace gh::json
