#include "openai/structure.h"

#include <string>

#include "openai/schema.h"
#include "openai/values.h"

namespace gh::openai {
namespace {

constexpr std::size_t kMostChoices = 256;
constexpr std::size_t kLongestChoice = 1024;
constexpr std::size_t kLongestDescription = 4096;

bool check_schema_description(Inspection& in, const Path& at, json::Value format) {
  if (!format.is_object()) return in.wrong_type(at, "an object", format);
  const json::Value name = format["name"];
  if (!name.exists()) return in.invalid(Path(at, "name"), "is required");
  const json::Value schema = format["schema"];
  if (!schema.exists()) return in.invalid(Path(at, "schema"), "is required");
  for (const auto [key, value] : format.members()) {
    const Path member(at, key);
    if (key == "name") {
      if (!value.is_string()) return in.wrong_type(member, "a string", value);
      if (!is_tool_name(value.string())) {
        return in.invalid(member, "{}", kToolNameRule);
      }
    } else if (key == "schema") {
      if (!check_json_schema(in, member, value)) return false;
    } else if (key == "strict") {
      if (!value.is_null() && !boolean(in, member, value)) return false;
    } else if (key == "description") {
      if (!value.is_null() && !string_up_to(in, member, value, kLongestDescription)) return false;
    } else {
      static constexpr std::string_view kNames[] = {"name", "schema", "strict", "description"};
      return in.unknown(member, key, kNames);
    }
  }
  return true;
}

}  // namespace

bool check_response_format(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_object()) return in.wrong_type(at, "an object", value);
  const Path type_path(at, "type");
  const json::Value type = value["type"];
  if (!type.exists()) return in.invalid(type_path, "is required");
  if (!type.is_string()) return in.wrong_type(type_path, "a string", type);
  if (type.string() == "structural_tag") {
    return in.denied(type_path, "must be one of: text, json_object, json_schema");
  }
  const bool has_schema = type.string() == "json_schema";
  if (!has_schema && type.string() != "text" && type.string() != "json_object") {
    return in.invalid(type_path, "must be one of: text, json_object, json_schema");
  }
  for (const auto [key, member] : value.members()) {
    if (key == "type") continue;
    if (key == "json_schema" && (has_schema || member.is_null())) continue;
    static constexpr std::string_view kNames[] = {"type", "json_schema"};
    return in.unknown(Path(at, key), key, kNames);
  }
  if (!has_schema) return true;
  const Path schema(at, "json_schema");
  if (!value["json_schema"].exists()) return in.invalid(schema, "is required");
  return check_schema_description(in, schema, value["json_schema"]);
}

bool check_structured_outputs(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_object()) return in.wrong_type(at, "an object", value);
  if (value.size() != 1) {
    return in.invalid(at, "must have exactly one of: json, json_object, choice");
  }
  const auto [key, form] = *value.members().begin();
  const Path member(at, key);
  if (key == "json") return check_json_schema(in, member, form);
  if (key == "choice") return check_choice(in, member, form);
  if (key == "json_object") return boolean(in, member, form);
  for (const std::string_view refused :
       {"regex", "grammar", "structural_tag", "whitespace_pattern"}) {
    if (key == refused) {
      return in.denied(member, "is not accepted: use `json`, `json_object` or `choice`");
    }
  }
  static constexpr std::string_view kNames[] = {"json", "json_object", "choice"};
  return in.unknown(member, key, kNames);
}

bool check_json_schema(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_object()) return in.wrong_type(at, "a JSON schema: an object", value);
  std::string text;
  json::Writer(text).value(value);
  if (text.size() > in.caps.schema_bytes) {
    return in.exceeds(at, "request.schema_bytes", "has {} bytes, above the limit of {}",
                      text.size(), in.caps.schema_bytes);
  }
  return check_schema(in, at, value);
}

bool check_choice(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_array()) return in.wrong_type(at, "an array of strings", value);
  if (value.size() == 0 || value.size() > kMostChoices) {
    return in.invalid(at, "must have 1 to {} entries", kMostChoices);
  }
  std::size_t index = 0;
  std::size_t bytes = 0;
  for (const json::Value choice : value.elements()) {
    const Path element(at, index++);
    if (!string_up_to(in, element, choice, kLongestChoice)) return false;
    if (choice.string().empty()) return in.invalid(element, "must not be empty");
    bytes += choice.string().size();
  }
  // The engine makes a grammar of them as of a schema.
  if (bytes > in.caps.schema_bytes) {
    return in.exceeds(at, "request.schema_bytes", "has {} bytes, above the limit of {}", bytes,
                      in.caps.schema_bytes);
  }
  return true;
}

}  // namespace gh::openai
