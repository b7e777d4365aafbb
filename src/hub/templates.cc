#include "hub/templates.h"

#include <fmt/format.h>

#include "base/text.h"
#include "hub/config_rules.h"
#include "hub/document.h"
#include "jinja/template.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::string_view kDefault = "default";
constexpr std::size_t kMostTemplates = 100;

void carried(const Input& input, std::string_view member, std::string_view name,
             std::string_view text) {
  const findings::Examination::Member inside(input.examination, member);
  jinja::examine_template(text, input.examination);
  if (input.facts.templates.size() < kMostTemplates)
    input.facts.templates.push_back({.carrier = std::string(input.path),
                                     .name = std::string(name),
                                     .digest = jinja::template_digest(text)});
}

// The key that a text of `carrier` stands under, its name, and it: of one text, of
// [{"name": …, "template": …}], and of {"name": "template"} as llama.cpp's tools write it. False
// when something else was among them.
bool for_each_template(std::string_view key, Value carrier, auto each) {
  const auto inside = [&](std::string_view name) { return fmt::format("{}:{}", key, name); };
  if (carrier.is_string()) each(key, kDefault, carrier.string());
  bool plain = true;
  for (const Value one : carrier.elements()) {
    const Value name = one["name"];
    const Value text = one["template"];
    if (name.is_string() && text.is_string())
      each(inside(name.string()), name.string(), text.string());
    else
      plain = false;
  }
  for (const auto [name, text] : carrier.members())
    if (text.is_string()) each(inside(name), name, text.string());
  return plain;
}

}  // namespace

void examine_carried_templates(const Input& input, Value root) {
  constexpr std::string_view kKey = "chat_template";
  const auto each = [&](std::string_view member, std::string_view name, std::string_view text) {
    carried(input, member, name, text);
  };
  if (!for_each_template(kKey, root[kKey], each))
    input.add(rule::kNotJson, "a chat template without name or text");
}

void examine_loose_templates(const Input& input, std::string_view key, Value carrier) {
  for_each_template(key, carrier,
                    [&](std::string_view member, std::string_view, std::string_view text) {
                      const findings::Examination::Member inside(input.examination, member);
                      examine_loose_template(input, text);
                    });
}

void examine_template_file(const Input& input) {
  jinja::examine_template(input.text, input.examination);
  std::string_view name = input.name;
  const bool additional = input.path.contains("additional_chat_templates/");
  if (name != "chat_template.jinja" && !additional) return;  // no loader takes it by itself
  name.remove_suffix(std::min(name.size(), std::string_view(".jinja").size()));
  input.facts.templates.push_back({.carrier = std::string(input.path),
                                   .name = std::string(additional ? name : kDefault),
                                   .digest = jinja::template_digest(input.text)});
}

void examine_loose_template(const Input& input, std::string_view text) {
  jinja::examine_template(text, input.examination);
}

bool is_page(std::string_view name) {
  for (const std::string_view page : {".md", ".markdown", ".rst", ".html", ".htm"})
    if (ends_with_ignoring_case(name, page)) return true;
  return false;
}

bool looks_like_template(const Input& input) {
  const std::string_view text = input.text;
  return !is_page(input.name) && text.contains("{%") && text.contains("%}") &&
         text.contains("{{") && text.contains("message") && !text.contains("```");
}

TemplateFact weight_template(std::string_view file, std::string_view key, std::string_view text) {
  constexpr std::string_view kKey = "tokenizer.chat_template";
  std::string_view name = kDefault;
  if (key.starts_with(kKey) && key.size() > kKey.size() + 1) name = key.substr(kKey.size() + 1);
  return {.carrier = std::string(file),
          .name = std::string(name),
          .digest = jinja::template_digest(text)};
}

}  // namespace gh::hub
