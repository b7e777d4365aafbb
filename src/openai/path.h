#pragma once
// Where in a request a value stands. A chain of stack objects, so that a request without fault
// never builds a string for it. Each Path must outlive those made from it.

#include <cstddef>
#include <string>
#include <string_view>

namespace gh::openai {

class Path {
 public:
  explicit Path(std::string_view name) : name_(name) {}
  Path(const Path& parent, std::string_view name) : parent_(&parent), name_(name) {}
  Path(const Path& parent, std::size_t index) : parent_(&parent), index_(index), is_index_(true) {}

  // "messages[2].content[0].type"; names that a client chose are escaped.
  std::string text() const;

 private:
  const Path* parent_ = nullptr;
  std::string_view name_;
  std::size_t index_ = 0;
  bool is_index_ = false;
};

}  // namespace gh::openai
