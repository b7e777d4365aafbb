#include "hub/index.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "hub/config_rules.h"
#include "hub/shards.h"

namespace gh::hub {

using std::string_view_literals::operator""sv;

namespace {

constexpr std::size_t kMostShards = 100'000;

bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.size() <= 255 &&
         name.find_first_of("/\\\0:"sv) == std::string_view::npos;
}

}  // namespace

void examine_index(const Input& input, json::Value root) {
  const json::Value map = root["weight_map"];
  if (!map.is_object()) return input.add(rule::kNotIndex, "there is no weight_map");
  std::map<std::string_view, std::optional<std::uint32_t>> places;  // none of what is no name
  std::vector<NamedTensor> named;
  for (const auto [tensor, shard] : map.members()) {
    if (!shard.is_string())
      return input.add(rule::kNotIndex, fmt::format("the file of {}", escape(tensor, 64)));
    const auto [place, fresh] = places.try_emplace(shard.string());
    if (fresh && !is_plain_name(shard.string())) {
      input.add(rule::kShardName, fmt::format("{}", escape(shard.string(), 100)), shard.string());
    } else if (fresh && input.facts.shards.size() < kMostShards) {
      place->second = static_cast<std::uint32_t>(input.facts.shards.size());
      input.facts.shards.emplace_back(shard.string());
    }
    if (place->second && named.size() <= kMostNames)
      named.push_back({.name = name_mark(tensor), .shard = *place->second});
  }
  if (named.size() <= kMostNames) input.facts.named = std::move(named);
}

}  // namespace gh::hub
