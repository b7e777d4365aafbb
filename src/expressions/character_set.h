#pragma once
// Sets of characters as regular expressions name them. ASCII exactly; beyond it a set is made of
// code points and of categories, and a code point whose category is not known here may be of
// any: two sets that meet may have nothing in common, two that do not meet have nothing for sure.

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace gh::expressions {

class CharacterSet {
 public:
  using Range = std::pair<char32_t, char32_t>;  // both ends included

  static CharacterSet all();
  // Any, as it is not known: neither its complement nor what lies within is known then.
  static CharacterSet unsure();
  static CharacterSet of(std::vector<Range> ranges);
  static CharacterSet of(char32_t character) { return of({{character, character}}); }
  // "L", "Lu", "Letter", "Han", "space": nothing for a name that is not known here.
  static std::optional<CharacterSet> property(std::string_view name);

  void add(const CharacterSet& other);
  void keep(const CharacterSet& other);  // only what is in both
  void invert();
  void fold();  // with the other cases of its characters

  bool empty() const;
  bool meets(const CharacterSet& other) const;
  bool within(const CharacterSet& other) const;  // false when not sure
  std::size_t size() const { return beyond_.size(); }
  bool operator==(const CharacterSet&) const = default;

 private:
  // From here to the next step: of which categories a character is in the set.
  struct Step {
    char32_t from;
    std::uint32_t categories;
    bool operator==(const Step&) const = default;
  };
  static CharacterSet in(std::uint32_t categories);
  static CharacterSet of(std::vector<Range> ranges, std::uint32_t categories);
  std::uint32_t has(char32_t c) const;  // as which categories
  template <class Join>
  void join(const CharacterSet& other, Join&& join);
  void put(char32_t from, std::uint32_t categories);

  bool sure_ = true;  // no larger than it should be, as far as categories tell
  std::bitset<128> ascii_;
  std::vector<Step> beyond_;  // rising; without the first step, nothing
};

}  // namespace gh::expressions
