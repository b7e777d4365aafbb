#include "openai/messages.h"

#include <algorithm>
#include <iterator>

#include "openai/content.h"
#include "openai/values.h"

namespace gh::openai {
namespace {

constexpr std::size_t kMostToolCalls = 128;  // in one message
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestId = 256;

// Roles as bits, so that a rule can name several.
using Role = unsigned;
constexpr Role kSystem = 1;
constexpr Role kDeveloper = 2;
constexpr Role kUser = 4;
constexpr Role kAssistant = 8;
constexpr Role kTool = 16;
constexpr Role kAnyRole = kSystem | kDeveloper | kUser | kAssistant | kTool;

struct RoleName {
  std::string_view name;
  Role role;
};
constexpr RoleName kRoles[] = {{"user", kUser},
                               {"assistant", kAssistant},
                               {"system", kSystem},
                               {"tool", kTool},
                               {"developer", kDeveloper}};

bool check_name(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_string()) return in.wrong_type(at, "a string", value);
  const std::string_view name = value.string();
  const bool plain = std::ranges::none_of(name, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F || c == '<' || c == '>' || c == '|' || c == '\\' ||
           c == '/';
  });
  if (name.empty() || name.size() > kLongestName || !plain) {
    return in.invalid(at, "must be 1 to {} characters without spaces, <, >, |, / and backslash",
                      kLongestName);
  }
  in.add_chat_text(name);
  return true;
}

bool check_text(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_string()) return in.wrong_type(at, "a string", value);
  in.add_chat_text(value.string());
  return true;
}

bool check_id(Inspection& in, const Path& at, json::Value value) {
  if (!string_up_to(in, at, value, kLongestId)) return false;
  if (value.string().empty()) return in.invalid(at, "must not be empty");
  in.add_chat_text(value.string());  // templates of Mistral's write it into the prompt
  return true;
}

// What OpenAI's SDKs put beside `arguments` when they have read them; vLLM gets the text.
constexpr std::string_view kParsedArguments = "parsed_arguments";

bool check_called_function(Inspection& in, const Path& at, json::Value function) {
  if (!function.is_object()) return in.wrong_type(at, "an object", function);
  for (const auto [key, value] : function.members()) {
    const Path member(at, key);
    if (key == "name") {
      if (!value.is_string()) return in.wrong_type(member, "a string", value);
      if (!is_tool_name(value.string())) {
        return in.invalid(member, "{}", kToolNameRule);
      }
      in.add_chat_text(value.string());
    } else if (key == "arguments") {
      if (!value.is_string()) return in.wrong_type(member, "a string that holds JSON", value);
      in.add_chat_text(value.string());
    } else if (key != kParsedArguments) {
      static constexpr std::string_view kNames[] = {"name", "arguments"};
      return in.unknown(member, key, kNames);
    }
  }
  if (!function["name"].exists()) return in.invalid(Path(at, "name"), "is required");
  if (!function["arguments"].exists()) return in.invalid(Path(at, "arguments"), "is required");
  return true;
}

bool check_tool_call(Inspection& in, const Path& at, json::Value call) {
  if (!call.is_object()) return in.wrong_type(at, "an object", call);
  for (const auto [key, value] : call.members()) {
    const Path member(at, key);
    if (key == "id") {
      if (!check_id(in, member, value)) return false;
    } else if (key == "type") {
      if (!value.is_string()) return in.wrong_type(member, "a string", value);
      if (value.string() != "function") return in.invalid(member, "must be `function`");
    } else if (key == "function") {
      if (!check_called_function(in, member, value)) return false;
    } else if (key == "index") {  // clients that put a stream together leave it in
      if (!value.is_null() && !integer<0, kMostToolCalls>(in, member, value)) return false;
    } else {
      static constexpr std::string_view kNames[] = {"id", "type", "function", "index"};
      return in.unknown(member, key, kNames);
    }
  }
  for (const std::string_view required : {"id", "type", "function"}) {
    if (!call[required].exists()) return in.invalid(Path(at, required), "is required");
  }
  return true;
}

bool check_tool_calls(Inspection& in, const Path& at, json::Value calls) {
  if (!calls.is_array()) return in.wrong_type(at, "an array", calls);
  if (calls.size() > kMostToolCalls) {
    return in.invalid(at, "must have at most {} elements", kMostToolCalls);
  }
  std::size_t index = 0;
  for (const json::Value call : calls.elements()) {
    if (!check_tool_call(in, Path(at, index++), call)) return false;
  }
  return true;
}

bool refuse_function_call(Inspection& in, const Path& at, json::Value) {
  return in.denied(at, "is not accepted: use `tool_calls`");
}

bool refuse_audio(Inspection& in, const Path& at, json::Value) {
  return in.denied(at, "is not accepted: messages are text");
}

bool check_array(Inspection& in, const Path& at, json::Value value) {
  return value.is_array() || in.wrong_type(at, "an array", value);
}

bool check_object(Inspection& in, const Path& at, json::Value value) {
  return value.is_object() || in.wrong_type(at, "an object", value);
}

bool check_nothing(Inspection&, const Path&, json::Value) {
  return true;
}

struct MessageField {
  std::string_view name;
  unsigned roles;
  bool (*check)(Inspection& in, const Path& at, json::Value value);  // null: done by hand
  bool written = true;                                               // else checked and left out
};

// A null member counts as absent. Frameworks send an answer's message back as it came, so an
// assistant's message may have all that an answer has, and what they add to it on the way: OpenAI's
// SDKs `parsed`, LiteLLM `provider_specific_fields` and `thinking_blocks`.
constexpr MessageField kMessageFields[] = {
    {"role", kAnyRole, nullptr},
    {"content", kAnyRole, nullptr},
    {"name", kAnyRole, check_name},
    {"tool_calls", kAssistant, check_tool_calls},
    {"tool_call_id", kTool, check_id},
    {"refusal", kAssistant, check_text},
    {"reasoning", kAssistant, check_text},
    {"reasoning_content", kAssistant, check_text},
    {"annotations", kAssistant, check_array, false},
    {"parsed", kAssistant, check_nothing, false},
    {"provider_specific_fields", kAssistant, check_object, false},
    {"thinking_blocks", kAssistant, check_array, false},
    {"function_call", kAssistant, refuse_function_call, false},
    {"audio", kAssistant, refuse_audio, false},
};

const MessageField* find_message_field(std::string_view name) {
  const auto* at = std::ranges::find(kMessageFields, name, &MessageField::name);
  return at == std::end(kMessageFields) ? nullptr : at;
}

bool refuse_unknown_member(Inspection& in, const Path& at, std::string_view name) {
  std::string_view names[std::size(kMessageFields)];
  std::ranges::transform(kMessageFields, names, &MessageField::name);
  return in.unknown(at, name, names);
}

const RoleName* find_role(Inspection& in, const Path& at, json::Value value) {
  if (!value.exists()) {
    in.invalid(at, "is required");
    return nullptr;
  }
  if (!value.is_string()) {
    in.wrong_type(at, "a string", value);
    return nullptr;
  }
  const auto* role = std::ranges::find(kRoles, value.string(), &RoleName::name);
  if (role == std::end(kRoles)) {
    in.invalid(at, "must be one of: system, developer, user, assistant, tool");
    return nullptr;
  }
  return role;
}

bool has(json::Value message, std::string_view member) {
  const json::Value value = message[member];
  return value.exists() && !value.is_null();
}

// An assistant's message without content: it calls, refuses, or was cut off while it thought.
bool says_something(json::Value message) {
  return message["tool_calls"].size() > 0 || has(message, "refusal") || has(message, "reasoning") ||
         has(message, "reasoning_content");
}

bool check_message(Inspection& in, const Path& at, json::Value message) {
  if (!message.is_object()) return in.wrong_type(at, "an object", message);
  const RoleName* role = find_role(in, Path(at, "role"), message["role"]);
  if (role == nullptr) return false;

  for (const auto [key, value] : message.members()) {
    const Path member(at, key);
    const MessageField* field = find_message_field(key);
    if (field == nullptr) return refuse_unknown_member(in, member, key);
    if (value.is_null()) continue;
    if ((field->roles & role->role) == 0) {
      return in.invalid(member, "does not belong into a message of role {}", role->name);
    }
    if (field->check != nullptr && !field->check(in, member, value)) return false;
  }

  if (has(message, "content")) {
    const ContentRules content{.media = role->role == kUser, .refusal = role->role == kAssistant};
    if (!check_content(in, Path(at, "content"), message["content"], content)) return false;
  } else if (role->role != kAssistant || !says_something(message)) {
    return in.invalid(Path(at, "content"), "is required");
  }
  if (role->role == kTool && !has(message, "tool_call_id")) {
    return in.invalid(Path(at, "tool_call_id"), "is required");
  }
  return true;
}

void write_called_function(json::Writer& writer, json::Value function) {
  writer.begin_object();
  for (const auto [key, value] : function.members()) {
    if (key != kParsedArguments) writer.key(key).value(value);
  }
  writer.end_object();
}

void write_tool_calls(json::Writer& writer, json::Value calls) {
  writer.begin_array();
  for (const json::Value call : calls.elements()) {
    writer.begin_object();
    for (const auto [key, value] : call.members()) {
      if (value.is_null()) continue;
      writer.key(key);
      if (key == "function") {
        write_called_function(writer, value);
      } else {
        writer.value(value);
      }
    }
    writer.end_object();
  }
  writer.end_array();
}

}  // namespace

bool check_messages(Inspection& in, const Path& at, json::Value messages) {
  if (!messages.is_array()) return in.wrong_type(at, "an array of messages", messages);
  if (messages.size() == 0) return in.invalid(at, "must not be empty");
  if (messages.size() > in.caps.messages) {
    return in.exceeds(at, "request.messages", "has {} messages, above the limit of {}",
                      messages.size(), in.caps.messages);
  }
  std::size_t index = 0;
  for (const json::Value message : messages.elements()) {
    if (!check_message(in, Path(at, index++), message)) return false;
  }
  return true;
}

void write_messages(json::Writer& writer, json::Value messages) {
  writer.begin_array();
  for (const json::Value message : messages.elements()) {
    writer.begin_object();
    for (const auto [key, value] : message.members()) {
      const MessageField* field = find_message_field(key);
      if (field == nullptr || !field->written) continue;
      // Templates tell an assistant's null content from a missing one.
      if (value.is_null() && key != "content") continue;
      writer.key(key);
      if (key == "content") {
        write_content(writer, value);
      } else if (key == "tool_calls") {
        write_tool_calls(writer, value);
      } else {
        writer.value(value);
      }
    }
    writer.end_object();
  }
  writer.end_array();
}

}  // namespace gh::openai
