#include "openai/schema_size.h"

#include <algorithm>
#include <unordered_map>

#include "openai/schema_keyword.h"

namespace gh::openai {
namespace {

// References that lead to references; deeper counts as too much, so that the stack is not the
// limit.
constexpr std::size_t kMostSteps = 512;
constexpr SchemaSize kTooMuch = {kTooManyParts, kTooManyParts};

class Measure {
 public:
  Measure(SchemaTargets& targets, std::uint64_t letters) : targets_(targets), letters_(letters) {}

  SchemaSize of(json::Value schema, std::size_t steps) {
    if (!schema.is_object()) return {};
    if (steps > kMostSteps) return kTooMuch;
    const auto [known, is_new] = sizes_.try_emplace(schema.id());
    if (!is_new) return known->second;
    Sum sum;
    for (const auto [key, value] : schema.members()) add_member(sum, key, value, steps + 1);
    const std::uint64_t times = std::min(std::max<std::uint64_t>(sum.times, 1), kTooManyParts);
    SchemaSize size;
    if (__builtin_mul_overflow(sum.parts, times, &size.parts)) size.parts = kTooManyParts;
    size.parts = std::min(size.parts + 1 + sum.length / letters_, kTooManyParts);
    size.depth = sum.depth + 1;
    sizes_[schema.id()] = size;
    return size;
  }

 private:
  // What the members of one schema come to.
  struct Sum {
    std::uint64_t parts = 0;
    std::uint64_t depth = 0;   // of the deepest below
    std::uint64_t times = 0;   // the largest count of its items
    std::uint64_t length = 0;  // the largest count of its letters

    void add(const SchemaSize& size) {
      parts = std::min(parts + size.parts, kTooManyParts);
      depth = std::max(depth, size.depth);
    }
  };

  void add_member(Sum& sum, std::string_view key, json::Value value, std::size_t steps) {
    const Keyword* keyword = keyword_of(key);
    switch (keyword == nullptr ? Holds::schema : keyword->holds) {
      case Holds::count: {
        const auto count =
            static_cast<std::uint64_t>(std::max<std::int64_t>(value.int64().value_or(0), 0));
        std::uint64_t& most = key.ends_with("Length") ? sum.length : sum.times;
        most = std::max(most, count);
        return;
      }
      case Holds::reference: {
        // What it leads to stands in its place, not below it.
        SchemaSize size = value.is_string() ? of(targets_.of(value.string()), steps) : SchemaSize{};
        --size.depth;
        return sum.add(size);
      }
      case Holds::schemas:
      case Holds::dependencies:
        if (key == "$defs" || key == "definitions")
          return;  // counted where something refers to them
        for (const auto [name, member] : value.members()) add_all(sum, member, steps);
        return;
      case Holds::schema:
      case Holds::schema_list:
      case Holds::items:
        return add_all(sum, value, steps);
      default:
        return;
    }
  }

  // A schema, or lists of them.
  void add_all(Sum& sum, json::Value value, std::size_t steps) {
    if (value.is_object() || value.is_bool()) return sum.add(of(value, steps));
    for (const json::Value element : value.elements()) add_all(sum, element, steps);
  }

  SchemaTargets& targets_;
  std::uint64_t letters_;
  std::unordered_map<const void*, SchemaSize> sizes_;  // of what is on the way: one part
};

}  // namespace

SchemaSize size_of_schema(SchemaTargets& targets, std::uint64_t letters) {
  return Measure(targets, letters).of(targets.root(), 0);
}

}  // namespace gh::openai
