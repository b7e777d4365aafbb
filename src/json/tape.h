#pragma once
// Builds the tape of a document from simdjson's own (its doc/tape.md, the same in every release),
// in one walk that also checks what simdjson does not: the limits and the keys of every object. The
// walk costs a third of one through simdjson's elements. Not thread-safe.

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "json/duplicate_keys.h"
#include "json/json.h"
#include "json/node.h"

namespace gh::json {

class Tape {
 public:
  explicit Tape(Limits limits) : limits_(limits) {}

  // Room for any document of that many bytes; build() is for no longer ones. Allocates only when
  // that is more than before.
  void reserve(std::size_t bytes);

  // The root of the new tape, which is valid until the next build; its strings point into the
  // simdjson document. nullptr when the document is refused: see fault() and path().
  const Node* build(const simdjson::dom::document& document);

  // Why build() refused: too_deep, too_large or duplicate_key.
  ParseErrorKind fault() const { return fault_; }
  // Where the duplicate key is, as in "messages[0].role"; raw and only its beginning.
  const std::string& path() const { return path_; }

 private:
  // These take a value from the front of simdjson's tape.
  bool add(std::size_t depth);
  bool add_array(std::size_t depth);
  bool add_object(std::size_t depth);
  Node* push(Type type, std::size_t size);
  void push_string(std::uint64_t word);
  void close(Node* container, std::size_t size);
  bool refuse(ParseErrorKind kind);
  // Puts a step in front of the path, on the way out of a refused document.
  void prepend(std::string_view step);

  Limits limits_;
  const std::uint64_t* word_ = nullptr;    // the next of simdjson's tape
  const std::uint8_t* strings_ = nullptr;  // simdjson's
  std::unique_ptr<Node[]> nodes_;
  std::size_t capacity_ = 0;
  Node* next_ = nullptr;
  Node* end_ = nullptr;
  std::size_t values_ = 0;
  DuplicateKeys keys_;
  ParseErrorKind fault_{};
  std::string path_;
};

}  // namespace gh::json
