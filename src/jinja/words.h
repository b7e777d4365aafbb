#pragma once
// A word in a short list.

#include <algorithm>
#include <string_view>

namespace gh::jinja {

template <class List>
constexpr bool is_one_of(std::string_view word, const List& list) {
  return std::ranges::find(list, word) != std::ranges::end(list);
}

}  // namespace gh::jinja
