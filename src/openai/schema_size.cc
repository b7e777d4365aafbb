#include "openai/schema_size.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "openai/schema_keyword.h"

namespace gh::openai {
namespace {

// References that lead to references; deeper counts as too much, so that the stack is not the
// limit.
constexpr std::size_t kMostSteps = 512;

// States of the machine that outlines 0.0.46 makes of a value (200 booleans are 2,203), of one that
// may be anything, of one in a `format` that it knows, and of each letter that `maxLength` allows.
constexpr std::uint64_t kValue = 10;
constexpr std::uint64_t kAnyValue = 1'500;
constexpr std::uint64_t kFormat = 60;
constexpr std::uint64_t kLetter = 3;

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t both = 0;
  return __builtin_mul_overflow(a, b, &both) ? kTooMuch : std::min(both, kTooMuch);
}
std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  return std::min(a + b, kTooMuch);
}

// A number of `multipleOf` as `coefficient` · 10^-`decimals`; coefficient 0: there is none.
struct Multiple {
  std::uint64_t coefficient = 0;
  unsigned decimals = 0;
};

Multiple multiple_of(double number) {
  char text[32];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, number, std::chars_format::fixed);
  if (error != std::errc()) return {kTooMuch, 0};  // more digits than there is room for
  Multiple out;
  bool fraction = false;
  for (const char* at = text; at != end; ++at) {
    if (*at == '.') {
      fraction = true;
    } else {
      out.coefficient = sum(product(out.coefficient, 10), static_cast<std::uint64_t>(*at - '0'));
      out.decimals += fraction ? 1 : 0;
    }
  }
  return out;
}

// A machine that knows a remainder has a state for each: so many when both must hold.
Multiple both(Multiple a, Multiple b) {
  if (a.coefficient == 0 || b.coefficient == 0) return a.coefficient == 0 ? b : a;
  const unsigned decimals = std::max(a.decimals, b.decimals);
  const auto scaled = [decimals](const Multiple& one) {
    std::uint64_t coefficient = one.coefficient;
    for (unsigned i = one.decimals; i < decimals; ++i) coefficient = product(coefficient, 10);
    return coefficient;
  };
  const std::uint64_t first = scaled(a);
  const std::uint64_t second = scaled(b);
  return {product(first / std::gcd(first, second), second), decimals};
}

class Measure {
 public:
  Measure(SchemaTargets& targets, Compiled compiled)
      : targets_(targets), expression_(compiled == Compiled::to_expression) {}

  SchemaSize all() {
    const std::uint64_t parts = of(targets_.root(), 0).parts;
    return {parts, largest_};
  }

 private:
  struct Size {
    std::uint64_t parts = 1;
    Multiple multiple;
  };

  // What the members of one schema come to. Counts apply to what they count only.
  struct Sum {
    std::uint64_t parts = 0;
    std::uint64_t elements = 0;  // below `items` and its like
    std::uint64_t members = 0;   // below `additionalProperties`
    std::uint64_t most_elements = 0;
    std::uint64_t most_members = 0;
    std::uint64_t letters = 0;
    std::uint64_t fields = 0;  // of an object, that may be absent
    bool says_what = false;    // anything of what the value is
    bool is_open = false;      // an object or a list, of
    bool says_of_what = false;
    Multiple multiple;
  };

  Size of(json::Value schema, std::size_t steps) {
    if (!schema.is_object())
      return {expression_ && schema.is_bool() && schema.boolean() ? kAnyValue : 1, {}};
    if (steps > kMostSteps) return {kTooMuch, {}};
    const auto [known, is_new] = sizes_.try_emplace(schema.id());
    if (!is_new) return known->second;
    Sum sum;
    for (const auto [key, value] : schema.members()) add_member(sum, key, value, steps + 1);
    if (expression_) sum.fields = optional_fields(schema);
    const Size size = {parts_of(sum), sum.multiple};
    largest_ = std::max(largest_, size.multiple.coefficient);
    sizes_[schema.id()] = size;
    return size;
  }

  // `required` may name what is no field, or one twice.
  static std::uint64_t optional_fields(json::Value schema) {
    std::vector<std::string_view> required;
    for (const json::Value name : schema["required"].elements())
      if (name.is_string()) required.push_back(name.string());
    std::ranges::sort(required);
    std::uint64_t fields = 0;
    for (const auto [name, field] : schema["properties"].members())
      if (!std::ranges::binary_search(required, name)) ++fields;
    return fields;
  }

  std::uint64_t parts_of(const Sum& s) const {
    std::uint64_t parts = sum(s.parts, s.letters);
    if (!expression_) {
      ++parts;
      return sum(sum(parts, sum(s.elements, s.members)), sum(s.most_elements, s.most_members));
    }
    // Which of the fields that may be absent are there is told by an alternative for each of them.
    parts = product(parts, std::max<std::uint64_t>(s.fields, 1));
    parts = sum(parts, s.says_what && (!s.is_open || s.says_of_what) ? kValue : kAnyValue);
    const std::uint64_t element = s.most_elements != 0 && s.elements == 0 ? kAnyValue : s.elements;
    parts = sum(parts, product(element, std::max<std::uint64_t>(s.most_elements, 1)));
    return sum(parts, product(s.members, std::max<std::uint64_t>(s.most_members, 1)));
  }

  void add_member(Sum& s, std::string_view key, json::Value value, std::size_t steps) {
    const Keyword* keyword = keyword_of(key);
    s.is_open |= key == "type" && value.is_string() &&
                 (value.string() == "object" || value.string() == "array");
    s.says_of_what |= key == "properties" || key == "items" || key == "prefixItems" ||
                      key == "additionalProperties";
    s.says_what |= key == "type" || key == "enum" || key == "const" || applies_in_place(key);
    switch (keyword == nullptr ? Holds::schema : keyword->holds) {
      case Holds::count:
        return add_count(s, key, value);
      case Holds::factor:
        s.multiple = both(s.multiple, multiple_of(value.number()));
        return;
      case Holds::reference:
        s.says_what = true;
        return add_in_place(s, value.is_string() ? of(targets_.of(value.string()), steps) : Size{},
                            !expression_);
      case Holds::schemas:
      case Holds::dependencies:
        // Definitions count where something refers to them, or as the rules that they are.
        if (expression_ && (key == "$defs" || key == "definitions")) return;
        for (const auto [name, member] : value.members()) {
          if (expression_) s.letters = sum(s.letters, name.size());
          add_all(s.parts, member, steps);
        }
        return;
      case Holds::schema:
      case Holds::schema_list:
      case Holds::items:
        return add_schema(s, key, keyword, value, steps);
      case Holds::data:
      case Holds::values:
        if (expression_) s.letters = sum(s.letters, letters_of(value));
        return;
      case Holds::text:
        if (expression_ && key == "format") s.letters = sum(s.letters, kFormat);
        return;
      default:
        return;
    }
  }

  void add_count(Sum& s, std::string_view key, json::Value value) const {
    auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(value.int64().value_or(0), 0));
    if (expression_ && key.ends_with("Length")) count *= kLetter;
    std::uint64_t& most = key.ends_with("Length")       ? s.letters
                          : key.ends_with("Properties") ? s.most_members
                                                        : s.most_elements;
    most = std::max(most, count);
  }

  void add_schema(Sum& s, std::string_view key, const Keyword* keyword, json::Value value,
                  std::size_t steps) {
    if (keyword == nullptr && value.is_number()) {
      // Not of JSON Schema: outlines has counts of digits, `maxDigitsInteger` and more.
      if (expression_)
        s.letters =
            sum(s.letters, static_cast<std::uint64_t>(std::clamp(value.number(), 0.0, 1e9)));
      return;
    }
    if (applies_in_place(key)) {
      if (!value.is_array()) return add_in_place(s, of(value, steps), false);
      for (const json::Value element : value.elements()) add_in_place(s, of(element, steps), false);
      return;
    }
    const bool of_members =
        key == "additionalProperties" || key == "unevaluatedProperties" || key == "propertyNames";
    const bool of_elements = key == "items" || key == "contains" || key == "additionalItems" ||
                             key == "unevaluatedItems";
    add_all(of_members ? s.members : of_elements ? s.elements : s.parts, value, steps);
  }

  // What applies to the same value: a name of a rule, or all of it.
  static void add_in_place(Sum& s, const Size& size, bool by_name) {
    s.parts = sum(s.parts, by_name ? 1 : size.parts);
    s.multiple = both(s.multiple, size.multiple);
  }

  // A schema, or lists of them.
  void add_all(std::uint64_t& parts, json::Value value, std::size_t steps) {
    if (value.is_object() || value.is_bool()) {
      parts = sum(parts, of(value, steps).parts);
      return;
    }
    for (const json::Value element : value.elements()) add_all(parts, element, steps);
  }

  // Of data that stands in the expression as it is.
  static std::uint64_t letters_of(json::Value value) {
    if (value.is_string()) return value.string().size() + 2;
    std::uint64_t letters = 1;
    for (const json::Value element : value.elements()) letters = sum(letters, letters_of(element));
    for (const auto [name, member] : value.members())
      letters = sum(letters, name.size() + letters_of(member));
    return letters;
  }

  SchemaTargets& targets_;
  bool expression_;
  std::uint64_t largest_ = 1;
  std::unordered_map<const void*, Size> sizes_;  // of what is on the way: one part
};

}  // namespace

SchemaSize size_of_schema(SchemaTargets& targets, Compiled compiled) {
  return Measure(targets, compiled).all();
}

}  // namespace gh::openai
