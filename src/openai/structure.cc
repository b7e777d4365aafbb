#include "openai/structure.h"

#include <algorithm>
#include <string>

#include "openai/schema.h"
#include "openai/values.h"

namespace gh::openai {
namespace {

constexpr std::size_t kMostChoices = 256;
constexpr std::size_t kLongestChoice = 1024;
constexpr std::size_t kLongestDescription = 4096;

// A schema by itself, within the policy's caps.
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

// A list of allowed answers.
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

// vLLM takes one form (check_guided_decoding_count and __post_init__ of its parameters, 0.4.3 to
// 0.33.0): it refuses two kinds, and of two schemas keeps one in silence.
bool is_only_form(Inspection& in, const Path& at, std::string_view field) {
  if (!in.form.empty()) {
    return in.invalid(at, "and `{}` do not go together: send one of them", in.form);
  }
  in.form = field;
  return true;
}

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

bool check_json_object(Inspection& in, const Path& at, json::Value value) {
  if (!boolean(in, at, value)) return false;
  // vLLM counts `false` as a form, and then finds none: older ones in the engine, which it ends.
  return value.boolean() || in.invalid(at, "must be true; leave it out otherwise");
}

struct StructuredMember {
  std::string_view name;
  bool (*check)(Inspection& in, const Path& at, json::Value value);  // null: refused
  bool is_form = false;
};

constexpr StructuredMember kStructuredMembers[] = {
    {"json", check_json_schema, true},
    {"json_object", check_json_object, true},
    {"choice", check_choice, true},
    {"disable_any_whitespace", boolean},
    {"disable_additional_properties", boolean},
    {"disable_fallback", boolean},
    {"regex", nullptr},
    {"grammar", nullptr},
    {"structural_tag", nullptr},
    {"whitespace_pattern", nullptr},
};

bool check_structured_member(Inspection& in, const Path& at, const StructuredMember& member,
                             json::Value value) {
  if (member.check == nullptr) {
    return in.denied(at, "is not accepted: use `json`, `json_object` or `choice`");
  }
  if (!std::ranges::binary_search(in.rules.surface->structured_outputs_fields, member.name)) {
    return in.unsupported(at);
  }
  return member.check(in, at, value);
}

bool check_structured_form(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_object()) return in.wrong_type(at, "an object", value);
  std::size_t forms = 0;
  for (const auto [key, form] : value.members()) {
    const Path path(at, key);
    const auto* member = std::ranges::find(kStructuredMembers, key, &StructuredMember::name);
    if (member == std::end(kStructuredMembers)) {
      static constexpr std::string_view kNames[] = {"json", "json_object", "choice"};
      return in.unknown(path, key, kNames);
    }
    if (form.is_null()) continue;
    if (!check_structured_member(in, path, *member, form)) return false;
    forms += member->is_form ? 1 : 0;
  }
  return forms == 1 || in.invalid(at, "must have exactly one of: json, json_object, choice");
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
  if (has_schema && !in.rules.surface->json_schema) {
    return in.invalid(type_path, "must be text or json_object: this model's server has no other");
  }
  for (const auto [key, member] : value.members()) {
    if (key == "type") continue;
    if (key == "json_schema" && (has_schema || member.is_null())) continue;
    static constexpr std::string_view kNames[] = {"type", "json_schema"};
    return in.unknown(Path(at, key), key, kNames);
  }
  if (has_schema) {
    const Path schema(at, "json_schema");
    if (!value["json_schema"].exists()) return in.invalid(schema, "is required");
    if (!check_schema_description(in, schema, value["json_schema"])) return false;
  }
  return type.string() == "text" || is_only_form(in, at, "response_format");
}

bool check_structured_outputs(Inspection& in, const Path& at, json::Value value) {
  return check_structured_form(in, at, value) && is_only_form(in, at, "structured_outputs");
}

bool check_guided_json(Inspection& in, const Path& at, json::Value value) {
  return check_json_schema(in, at, value) && is_only_form(in, at, "guided_json");
}

bool check_guided_choice(Inspection& in, const Path& at, json::Value value) {
  return check_choice(in, at, value) && is_only_form(in, at, "guided_choice");
}

void write_structured_outputs(json::Writer& writer, json::Value value) {
  writer.begin_object();
  for (const auto [key, member] : value.members()) {
    if (!member.is_null()) writer.key(key).value(member);
  }
  writer.end_object();
}

}  // namespace gh::openai
