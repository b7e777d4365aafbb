#pragma once
// The sizes that a config.json states, by formulas over its fields. The formulas are ours
// (families.h), the numbers are not trusted: every value and every step of a sum stays within
// bounds.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "json/json.h"

namespace gh::adapter {

class Sizes {
 public:
  // `definitions` are texts like "width = head_dim | hidden / heads; many = multi_query | 1": each
  // name is the first alternative whose names the configuration states; of two definitions of a
  // name the first counts. An alternative "new: heads" counts where `new` is not 0. A name that is
  // not defined is a field; "a.b" is field b of the object a. True is 1, false 0. All texts, and
  // the document of `config`, outlive this.
  Sizes(json::Value config, std::initializer_list<std::string_view> definitions);

  // Of a sum such as "heads*width + 2*keys*width"; nothing when a field of it is not stated, is no
  // whole number of 0 to 2^24, when a quotient has a remainder, or when a step exceeds 2^36.
  std::optional<std::uint64_t> value(std::string_view sum) const;

 private:
  std::optional<std::uint64_t> sum(std::string_view text, int depth) const;
  std::optional<std::uint64_t> product(std::string_view text, int depth) const;
  std::optional<std::uint64_t> name(std::string_view text, int depth) const;
  bool stated(std::string_view sum, int depth) const;
  // Nothing when its condition has no value.
  std::optional<bool> applies(std::string_view alternative, int depth) const;
  std::optional<std::string_view> definition(std::string_view name) const;
  json::Value field(std::string_view path) const;

  struct Definition {
    std::string_view name;
    std::string_view alternatives;
  };
  json::Value config_;
  std::vector<Definition> definitions_;
};

}  // namespace gh::adapter
