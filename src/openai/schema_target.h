#pragma once
// What the references of one schema lead to. An object or a list that one of them leads through is
// read once: however many they are, looking them up costs little more than reading them.

#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "json/json.h"

namespace gh::openai {

class SchemaTargets {
 public:
  explicit SchemaTargets(json::Value root) : root_(root) {}

  json::Value root() const { return root_; }
  // Of "#", or "#/a/b": a JSON pointer (RFC 6901) in a URI. Absent when there is nothing.
  json::Value of(std::string_view reference);

 private:
  // By name. Not hashed: the names are the client's, who could choose them to have one hash.
  using Members = std::vector<std::pair<std::string_view, json::Value>>;

  json::Value member(json::Value object, std::string_view name);
  json::Value element(json::Value list, std::string_view index);

  json::Value root_;
  std::unordered_map<const void*, Members> objects_;
  std::unordered_map<const void*, std::vector<json::Value>> lists_;
};

// Takes the first step, "a", off "/a/b".
std::string_view take_step(std::string_view& pointer);

// Whether a step is digits only.
bool is_index(std::string_view step);

}  // namespace gh::openai
