#include <algorithm>

#include "base/check.h"
#include "openai/fields.h"
#include "openai/messages.h"
#include "openai/request.h"
#include "openai/structure.h"
#include "openai/tools.h"

namespace gh::openai {
namespace {

using vllm::Endpoint;

// Of a checked request, so that the version has every field that does something.
bool is_written(const Field& field, json::Value value, const RequestFacts& facts) {
  return field.action == Action::pass && !is_idle(field, value) &&
         (field.only_if == nullptr || field.only_if(facts));
}

void write_member(json::Writer& writer, const Field& field, json::Value value,
                  const RequestRules& rules) {
  GH_DCHECK(rules.surface->has(rules.endpoint, field.name));
  writer.key(field.name);
  if (field.name == "messages") {
    write_messages(writer, value);
  } else if (field.name == "structured_outputs") {
    write_structured_outputs(writer, value);
  } else if (field.name == "tools") {
    write_tools(writer, value, *rules.surface);
  } else {
    writer.value(value);
  }
}

bool counts_tools(const vllm::Surface& surface) {
  return std::ranges::binary_search(surface.tokenize_chat_fields, std::string_view("tools"));
}

// The `prompt` of POST /tokenize is a string in every version: of a list, its one text.
json::Value only_text(json::Value prompt) {
  return prompt.is_array() ? *prompt.elements().begin() : prompt;
}

}  // namespace

void write(std::string& out, json::Value body, const RequestRules& rules, const RequestFacts& facts,
           const Placement& placement) {
  const vllm::Surface& surface = *rules.surface;
  json::Writer writer(out);
  writer.begin_object();
  for (const auto [name, value] : body.members()) {
    const Field* field = find_field(rules.endpoint, name);
    if (field != nullptr && is_written(*field, value, facts)) {
      write_member(writer, *field, value, rules);
    }
  }
  writer.member("model", placement.served_as);
  if (rules.endpoint != Endpoint::embeddings) {
    writer.member("max_tokens", std::int64_t{facts.max_tokens});
  }
  if (facts.stream && surface.stream_options) {
    writer.key("stream_options").begin_object().key("include_usage").boolean(true);
    if (surface.continuous_usage) writer.key("continuous_usage_stats").boolean(true);
    writer.end_object();
  }
  if (!placement.cache_salt.empty()) {
    GH_DCHECK(surface.cache_salt[static_cast<std::size_t>(rules.endpoint)]);
    writer.member("cache_salt", placement.cache_salt);
  }
  writer.end_object();
}

void write_tokenize(std::string& out, json::Value body, const RequestRules& rules,
                    std::string_view served_as) {
  json::Writer writer(out);
  writer.begin_object().member("model", served_as);
  switch (rules.endpoint) {
    case Endpoint::chat: {
      writer.key("messages");
      write_messages(writer, body["messages"]);
      const json::Value tools = body["tools"];
      if (tools.size() > 0 && counts_tools(*rules.surface)) {
        writer.key("tools");
        write_tools(writer, tools, *rules.surface);
      }
      break;
    }
    case Endpoint::completions:
      writer.key("prompt").value(only_text(body["prompt"]));
      break;
    case Endpoint::embeddings:
      writer.key("prompt").value(only_text(body["input"]));
      break;
  }
  writer.end_object();
}

}  // namespace gh::openai
