#include "hub/index.h"

#include <fmt/format.h>

#include <set>
#include <string>

#include "base/text.h"
#include "hub/config_rules.h"

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
  std::set<std::string_view> seen;
  for (const auto [tensor, shard] : map.members()) {
    if (!shard.is_string())
      return input.add(rule::kNotIndex, fmt::format("the file of {}", escape(tensor, 64)));
    if (!seen.insert(shard.string()).second) continue;
    if (!is_plain_name(shard.string()))
      input.add(rule::kShardName, fmt::format("{}", escape(shard.string(), 100)), shard.string());
    else if (input.facts.shards.size() < kMostShards)
      input.facts.shards.emplace_back(shard.string());
  }
}

}  // namespace gh::hub
