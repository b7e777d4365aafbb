#include "openai/tools.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "base/text.h"
#include "openai/schema.h"
#include "openai/values.h"

namespace gh::openai {
namespace {

SchemaUse use_of_tools(const Inspection& in) {
  const json::Value choice = in.body["tool_choice"];
  const bool must = choice.is_object() || (choice.is_string() && choice.string() == "required");
  return must ? SchemaUse::compiled : SchemaUse::told;
}

// Of a tool, and of a choice of one.
constexpr std::string_view kToolMembers[] = {"type", "function"};

// Refuses a member of another name.
bool has_only(Inspection& in, const Path& at, json::Value object,
              std::span<const std::string_view> names) {
  for (const auto [key, value] : object.members()) {
    if (std::ranges::find(names, key) == names.end()) return in.unknown(Path(at, key), key, names);
  }
  return true;
}

// Appends the name to `names`.
bool check_function(Inspection& in, const Path& at, json::Value function,
                    std::vector<std::string_view>& names) {
  if (!function.is_object()) return in.wrong_type(at, "an object", function);
  const Path name_path(at, "name");
  const json::Value name = function["name"];
  if (!name.exists()) return in.invalid(name_path, "is required");
  if (!name.is_string()) return in.wrong_type(name_path, "a string", name);
  if (!is_tool_name(name.string())) return in.invalid(name_path, "{}", kToolNameRule);
  names.push_back(name.string());

  for (const auto [key, value] : function.members()) {
    const Path member(at, key);
    if (key == "name") continue;
    if (key == "description") {
      if (!value.is_null() && !value.is_string()) return in.wrong_type(member, "a string", value);
    } else if (key == "parameters") {
      if (value.is_null()) continue;
      if (!value.is_object()) return in.wrong_type(member, "a JSON schema: an object", value);
      if (!check_schema(in, member, value, use_of_tools(in))) return false;
    } else if (key == "strict") {
      if (!value.is_null() && !boolean(in, member, value)) return false;
    } else {
      static constexpr std::string_view kNames[] = {"name", "description", "parameters", "strict"};
      return in.unknown(member, key, kNames);
    }
  }
  return true;
}

bool check_tool(Inspection& in, const Path& at, json::Value tool,
                std::vector<std::string_view>& names) {
  if (!tool.is_object()) return in.wrong_type(at, "an object", tool);
  const Path type_path(at, "type");
  const json::Value type = tool["type"];
  if (!type.exists()) return in.invalid(type_path, "is required");
  if (!type.is_string()) return in.wrong_type(type_path, "a string", type);
  if (type.string() != "function") return in.invalid(type_path, "must be `function`");
  const Path function(at, "function");
  if (!tool["function"].exists()) return in.invalid(function, "is required");
  if (!has_only(in, at, tool, kToolMembers)) return false;
  return check_function(in, function, tool["function"], names);
}

bool check_unique(Inspection& in, const Path& at, const std::vector<std::string_view>& names) {
  std::vector<std::string_view> sorted = names;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice == sorted.end()) return true;
  return in.invalid(at, "defines the function `{}` twice", *twice);
}

bool is_defined(json::Value tools, std::string_view name) {
  for (const json::Value tool : tools.elements()) {
    const json::Value defined = tool["function"]["name"];
    if (defined.is_string() && defined.string() == name) return true;
  }
  return false;
}

bool has_tools(const Inspection& in) {
  return in.body["tools"].size() > 0;
}

}  // namespace

bool check_tools(Inspection& in, const Path& at, json::Value tools) {
  if (!tools.is_array()) return in.wrong_type(at, "an array", tools);
  if (!in.caps.tools) return in.forbidden(at, "request.tools", "is not allowed here");
  if (tools.size() > in.caps.tool_count) {
    return in.exceeds(at, "request.tool_count", "has {} tools, above the limit of {}", tools.size(),
                      in.caps.tool_count);
  }
  // They become prompt text, much as they are written here.
  std::string text;
  json::Writer(text).value(tools);
  if (text.size() > in.caps.tool_bytes) {
    return in.exceeds(at, "request.tool_bytes", "has {} bytes, above the limit of {}", text.size(),
                      in.caps.tool_bytes);
  }
  std::vector<std::string_view> names;
  std::size_t index = 0;
  for (const json::Value tool : tools.elements()) {
    if (!check_tool(in, Path(at, index++), tool, names)) return false;
  }
  if (!check_unique(in, at, names)) return false;
  in.add_chat_text(text);
  in.facts.has_tools = true;
  return true;
}

bool check_tool_choice(Inspection& in, const Path& at, json::Value choice) {
  if (choice.is_string()) {
    const std::string_view word = choice.string();
    if (word == "none" || word == "auto") return true;
    if (word != "required") return in.invalid(at, "must be none, auto, required or a function");
    return has_tools(in) || in.invalid(at, "needs `tools`");
  }
  if (!choice.is_object()) return in.wrong_type(at, "a string or an object", choice);
  const json::Value type = choice["type"];
  if (!type.is_string() || type.string() != "function") {
    return in.invalid(Path(at, "type"), "must be `function`");
  }
  if (!has_only(in, at, choice, kToolMembers)) return false;
  const Path function(at, "function");
  const Path name_path(function, "name");
  const json::Value chosen = choice["function"];
  if (!chosen.exists()) return in.invalid(function, "is required");
  if (!chosen.is_object()) return in.wrong_type(function, "an object", chosen);
  static constexpr std::string_view kName[] = {"name"};
  if (!has_only(in, function, chosen, kName)) return false;
  const json::Value name = chosen["name"];
  if (!name.exists()) return in.invalid(name_path, "is required");
  if (!name.is_string()) return in.wrong_type(name_path, "a string", name);
  if (!is_defined(in.body["tools"], name.string())) {
    return in.invalid(name_path, "is not among `tools`");
  }
  return true;
}

void write_tools(json::Writer& writer, json::Value tools, const vllm::Surface& surface) {
  if (surface.strict_tools) {
    writer.value(tools);
    return;
  }
  writer.begin_array();
  for (const json::Value tool : tools.elements()) {
    writer.begin_object().member("type", "function").key("function").begin_object();
    for (const auto [key, value] : tool["function"].members()) {
      if (key != "strict") writer.key(key).value(value);
    }
    writer.end_object().end_object();
  }
  writer.end_array();
}

}  // namespace gh::openai
