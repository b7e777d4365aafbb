#pragma once
// YAML as a tree that remembers where everything stood.
//
// `parse` reads a strict subset, for files that people write by hand and that must not surprise:
// one document of mappings, sequences and scalars, in UTF-8. Anchors, aliases, tags, directives,
// merge keys, several documents, duplicate keys and keys that are no scalars are errors. Plain
// scalars keep their text; what they mean is the reader's business (nothing turns `no` into false
// behind one's back).
//
// `parse_all` reads the same with what published files have besides: several documents, anchors,
// aliases and merge keys, which are followed, the tags of plain types, `%YAML`, tabs where libyaml
// takes them. Duplicate keys, other tags, aliases that lead to themselves stay errors.
//
// Limits: 1 MiB, depth 32, 100,000 nodes, those of aliases counted where they are used. Not
// thread-safe; a Tree may be read from any thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace gh::yaml {

inline constexpr std::size_t kMaxBytes = 1u << 20;
inline constexpr std::size_t kMaxDepth = 32;
inline constexpr std::size_t kMaxNodes = 100'000;
inline constexpr std::size_t kMaxCopied = 8u << 20;  // bytes of text that aliases stand for

struct Position {
  std::size_t line = 1;    // from 1
  std::size_t column = 1;  // from 1, in bytes
  std::uint32_t file = 0;  // the caller's number for the text, for trees that are put together

  auto operator<=>(const Position& other) const = default;
};

enum class Kind : std::uint8_t { scalar, sequence, mapping };

struct Node;

struct Entry {
  std::string key;
  Position key_at;
  std::unique_ptr<Node> value;
};

struct Node {
  Kind kind = Kind::scalar;
  Position at;
  std::string text;                          // of a scalar
  bool plain = false;                        // a scalar without quotes: may be a number or null
  bool refused = false;                      // stands for an alias: a Problem says so already
  std::vector<Entry> entries;                // of a mapping, in file order
  std::vector<std::unique_ptr<Node>> items;  // of a sequence

  const Node* find(std::string_view key) const;  // in a mapping; null when absent
  bool is_null() const;                          // plain and empty, "~" or "null"
};

struct Problem {
  Position at;
  std::string message;  // says what is wrong and what to write instead; untrusted text is escaped
};

struct Tree {
  std::unique_ptr<Node> root;     // null (with a problem) when empty, no YAML or beyond a limit
  std::vector<Problem> problems;  // every one that could be found; empty: the tree is whole
};

struct Documents {
  std::vector<std::unique_ptr<Node>> roots;  // of those that could be read whole
  bool complete = false;                     // read to the end of the text
  std::vector<Problem> problems;             // as in Tree
  // What stands in no tree: values of a key that was there already, and of what is no key. Each is
  // a problem, too.
  std::vector<Entry> left_out;
  // Tags of other types than YAML's plain ones, resolved and decoded: "tag:yaml.org,2002:python/…".
  // Each is a problem, too.
  std::vector<std::string> tags;
};

Tree parse(std::string_view text, std::uint32_t file = 0);
Documents parse_all(std::string_view text);

}  // namespace gh::yaml
