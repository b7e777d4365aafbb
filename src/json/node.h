#pragma once
// The tape: a document as one array of Nodes in document order. A scalar is one Node; an array is
// its Node, then its elements; an object is its Node, then for each member a string Node (the key)
// and the value. Containers know the length of their subtree, so a sibling is one addition away.

#include <cstdint>
#include <string_view>

#include "json/json.h"

namespace gh::json {

struct Node {
  Type type;
  std::uint32_t size;  // bytes of a string, elements of an array, members of an object; else 0
  union {
    bool boolean;
    std::int64_t integer;
    std::uint64_t unsigned_integer;
    double real;
    const char* text;     // of a string
    std::uint64_t nodes;  // of an array or object: Nodes in the subtree, this one included
  };

  bool is_container() const { return type == Type::array || type == Type::object; }
  std::string_view string() const { return {text, size}; }
  // The Node after this subtree.
  const Node* next() const { return this + (is_container() ? nodes : 1); }
};
static_assert(sizeof(Node) == 16);

}  // namespace gh::json
