#pragma once
// Regular expressions of Python's `re` against names of modules, without backtracking: the set of
// places where a match may stand moves on through the pattern.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace gh::adapter {

// Stateless once it was read; may be used by several threads.
class Expression {
 public:
  // Takes what `judge_pattern` does not call risky.
  explicit Expression(std::string_view pattern);
  ~Expression();
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;

  // `re.fullmatch`. Nothing when the pattern was not understood, when it or the name is not ASCII,
  // or when `steps` ran out, from which the work is taken.
  std::optional<bool> matches(std::string_view name, std::uint64_t& steps) const;

  // `re.match(rf"(.*\.)?({pattern})$", name)`: the whole name, or its end behind a dot. Nothing for
  // a name with a line's end, too, which "." and "$" do not pass.
  std::optional<bool> matches_end(std::string_view name, std::uint64_t& steps) const;

  struct Node;

 private:
  std::optional<bool> matches_from(const std::vector<bool>& from, std::string_view name,
                                   std::uint64_t& steps) const;

  std::unique_ptr<Node> root_;  // none: not understood
};

}  // namespace gh::adapter
