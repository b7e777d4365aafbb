#pragma once
// Works out what a template builds from literals: `"__cla" ~ "ss__"`, `"%c" % 95`,
// `["a","b"] | join`. What is not worked out stays constant but unknown, so that whoever uses it
// as a name can tell.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace gh::jinja {

class Fold {
 public:
  static constexpr std::size_t kMostText = 1u << 14;  // bytes of one result
  static constexpr std::size_t kMostItems = 1024;     // of a list
  static constexpr std::uint64_t kBudget = 1u << 24;  // bytes of all results

  ValuePtr concat(const Values& parts);
  ValuePtr binary(std::string_view op, const ValuePtr& left, const ValuePtr& right);
  ValuePtr negated(const ValuePtr& value);
  ValuePtr list(Values items);
  // `object[key]` where the key is a number; other keys are for the caller.
  ValuePtr item(const ValuePtr& object, const ValuePtr& key);
  ValuePtr slice(const ValuePtr& object, const Values& bounds);
  // A filter, or a method of str, with its positional arguments.
  ValuePtr filter(std::string_view name, const ValuePtr& input, const Values& arguments);
  ValuePtr method(std::string_view name, const ValuePtr& object, const Values& arguments);

 private:
  // Spends; false when the budget is used up, and everything is unknown from then on.
  bool affords(std::uint64_t bytes);
  // `made` when there is one and the budget allows it, with the origin of `from`.
  ValuePtr finish(Value from, std::optional<std::string> made);
  std::optional<std::string> joined(const Value& items, std::string_view separator) const;
  std::optional<std::string> replaced(const std::string& text, const Values& arguments) const;
  std::optional<std::string> repeated(const std::string& text, std::int64_t times) const;
  std::optional<std::string> formatted(const std::string& format, const Values& arguments) const;
  // What filters and methods of str have in common.
  std::optional<std::string> changed(std::string_view how, const std::string& text,
                                     const Values& arguments) const;

  std::uint64_t spent_ = 0;
};

// A constant as Python's str() gives it; nothing for lists and what is unknown.
std::optional<std::string> shown(const Value& value);

}  // namespace gh::jinja
