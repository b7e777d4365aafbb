#include "simulator/prompt.h"

#include <fmt/format.h>

#include <utility>

#include "simulator/lax_reader.h"
#include "simulator/text.h"

namespace gh::simulator {
namespace {

constexpr std::size_t kMostPrompts = 1024;       // VLLM_MAX_COMPLETION_PROMPTS
constexpr std::size_t kCharactersPerToken = 13;  // above it a prompt is refused uncounted

Expected<Prompt> counted(std::string text, const Profile& profile) {
  const std::uint64_t limit = profile.options.max_model_len;
  const auto too_long = [&](std::string what, std::string_view parameter, std::uint64_t value) {
    return refuse(fmt::format("This model's maximum context length is {} tokens. However, your "
                              "prompt contains {} Please reduce the length of the input prompt. "
                              "(parameter={}, value={})",
                              limit, what, parameter, value),
                  std::string(parameter));
  };
  if (text.size() > limit * kCharactersPerToken) {
    return too_long(fmt::format("{} characters (more than {} characters, which is the upper bound "
                                "for {} input tokens).",
                                text.size(), limit * kCharactersPerToken, limit),
                    "input_text", text.size());
  }
  Prompt prompt;
  prompt.tokens = count_tokens(text);
  if (prompt.tokens >= limit) {
    return too_long(fmt::format("at least {} input tokens, which exceeds this limit even without "
                                "any output tokens.",
                                limit + 1),
                    "input_tokens", limit + 1);
  }
  prompt.text = std::move(text);
  return prompt;
}

Expected<void> look_for_fault(std::string_view text, std::optional<Fault>& fault) {
  auto found = Fault::parse(text);
  if (!found) return std::unexpected(std::move(found.error()));
  if (*found) fault = *std::move(*found);
  return {};
}

Expected<void> render_content(json::Value content, const Profile& profile, std::string& out,
                              std::optional<Fault>& fault) {
  if (content.is_string()) {
    out += content.string();
    return look_for_fault(content.string(), fault);
  }
  for (const json::Value part : content.elements()) {
    const json::Value text = part["text"];
    if (!text.is_string()) {
      return refuse(fmt::format("{} is not a multimodal model", profile.options.model));
    }
    out += text.string();
    if (auto found = look_for_fault(text.string(), fault); !found) return found;
  }
  return {};
}

// One entry of a prompt list: text, or token ids.
Expected<std::string> read_text(json::Value value, std::string_view where) {
  if (value.is_string()) return std::string(value.string());
  std::string text;
  for (const json::Value element : value.elements()) {
    const auto id = element.is_integer() ? element.int64() : std::nullopt;
    if (!id || *id < 0) {
      return invalid("greater_than_equal", fmt::format("{}.0", where),
                     "Input should be greater than or equal to 0", show(element));
    }
    if (*id >= kVocabulary) return refuse(fmt::format("Token id {} is out of vocabulary", *id));
    text += token_text(static_cast<std::uint32_t>(*id));
  }
  return text;
}

}  // namespace

Expected<Prompts> read_messages(json::Value body, const Profile& profile) {
  const json::Value messages = body["messages"];
  if (!messages.exists()) {
    return invalid("missing", "body.messages", "Field required", show(body));
  }
  if (!messages.is_array()) {
    return invalid("list_type", "body.messages", "Input should be a valid list", show(messages));
  }
  if (messages.size() == 0) {
    return refuse(
        "Cannot apply chat template to an empty conversation. Provide at least one message.");
  }
  Prompts prompts;
  std::string text;
  if (const json::Value tools = body["tools"]; tools.size() > 0) {
    text += "<|im_start|>system\n";
    json::Writer(text).value(tools);
    text += "<|im_end|>\n";
  }
  for (const json::Value message : messages.elements()) {
    const json::Value role = message["role"];
    if (!role.is_string()) {
      return invalid("missing", "body.messages.0.role", "Field required", show(message));
    }
    text += "<|im_start|>";
    text += role.string();
    text += '\n';
    if (auto ok = render_content(message["content"], profile, text, prompts.fault); !ok) {
      return std::unexpected(std::move(ok.error()));
    }
    if (message["tool_calls"].size() > 0) json::Writer(text).value(message["tool_calls"]);
    text += "<|im_end|>\n";
  }
  text += "<|im_start|>assistant\n";
  auto prompt = counted(std::move(text), profile);
  if (!prompt) return std::unexpected(std::move(prompt.error()));
  prompts.list.push_back(*std::move(prompt));
  return prompts;
}

Expected<Prompts> read_texts(json::Value body, std::string_view field, const Profile& profile) {
  const json::Value value = body[field];
  const std::string where = fmt::format("body.{}", field);
  const auto empty = [&] {
    return refuse(fmt::format("Either prompt or prompt_embeds must be provided and non-empty. "
                              "(parameter={})",
                              field),
                  std::string(field));
  };
  if (!value.exists() || value.is_null()) return empty();
  if (!value.is_string() && !value.is_array()) {
    return invalid("string_type", where, "Input should be a valid string", show(value));
  }
  std::vector<json::Value> entries;
  if (value.is_array() && value.size() == 0) return refuse("You must pass at least one prompt");
  if (value.is_string() || (*value.elements().begin()).is_number()) {
    entries.push_back(value);
  } else {
    for (const json::Value entry : value.elements()) entries.push_back(entry);
  }
  if (entries.size() > kMostPrompts) {
    return refuse(fmt::format("prompt list length {} exceeds the maximum allowed count of {}. To "
                              "increase this limit, set the VLLM_MAX_COMPLETION_PROMPTS "
                              "environment variable. (parameter={})",
                              entries.size(), kMostPrompts, field),
                  std::string(field));
  }
  Prompts prompts;
  for (const json::Value entry : entries) {
    if (!entry.is_string() && !entry.is_array()) {
      return invalid("string_type", where, "Input should be a valid string", show(entry));
    }
    auto text = read_text(entry, where);
    if (!text) return std::unexpected(std::move(text.error()));
    if (text->empty()) return empty();
    if (auto ok = look_for_fault(*text, prompts.fault); !ok) {
      return std::unexpected(std::move(ok.error()));
    }
    auto prompt = counted(*std::move(text), profile);
    if (!prompt) return std::unexpected(std::move(prompt.error()));
    prompts.list.push_back(*std::move(prompt));
  }
  return prompts;
}

std::string example(json::Value schema) {
  std::string out;
  if (const json::Value choices = schema["enum"]; choices.size() > 0) {
    json::Writer(out).value(*choices.elements().begin());
    return out;
  }
  const json::Value type = schema["type"];
  const std::string_view name = type.is_string() ? type.string() : "object";
  if (name == "string") return "\"Oslo\"";
  if (name == "integer") return "7";
  if (name == "number") return "1.5";
  if (name == "boolean") return "true";
  if (name == "array") return "[]";
  if (name == "null") return "null";
  out += '{';
  for (const json::Value property : schema["required"].elements()) {
    if (!property.is_string()) continue;
    if (out.size() > 1) out += ", ";
    quote(out, property.string());
    out += ": ";
    out += example(schema["properties"][property.string()]);
  }
  return out += '}';
}

}  // namespace gh::simulator
