#include "hub/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "hub/engine_options.h"
#include "hub/json_document.h"

namespace gh::hub {

namespace {

using json::Value;
using Match = Option::Match;

constexpr std::size_t kMostParts = 64;  // of a dotted key
constexpr std::size_t kShown = 64;

// What can make vLLM import something, and the shortest beginning that any of its versions takes
// for it.
struct Importing {
  std::string_view name;
  std::string_view shortest;
};
constexpr auto kImporting = std::to_array<Importing>({
    {"additional-config", "ad"},
    {"compilation-config", "com"},
    {"distributed-executor-backend", "dist"},
    {"ec-manager-config", "ec-m"},
    {"ec-transfer-config", "ec-t"},
    {"kv-transfer-config", "kv-t"},
    {"logits-processors", "logi"},
    {"middleware", "mi"},
    {"model-class-overrides", "model-c"},
    {"reasoning-parser-plugin", "reasoning-parser-"},
    {"scheduler-cls", "schedule"},
    {"spec-model", "spec-mo"},
    {"speculative-config", "specu"},
    {"structured-outputs-config", "stru"},
    {"tool-parser-plugin", "tool-p"},
    {"trust-remote-code", "trust"},
    {"worker-cls", "worker-c"},
    {"worker-extension-cls", "worker-e"},
});

struct Resolved {
  std::string_view name;
  Match match = Match::none;
  bool imports = false;
};

// `head`: with dashes, without the two in front.
Resolved resolve(std::string_view head) {
  if (head.empty()) return {};
  for (const Importing& option : kImporting)
    if (head == option.name) return {option.name, Match::exact, true};
  // "-c" and its like, of which "--" was not taken off; -O was compilation-config once.
  if (head == "-cc" || head == "-c" || head == "-O")
    return {"compilation-config", Match::exact, true};
  if (head == "-sc" || head == "-s") return {"speculative-config", Match::exact, true};
  const auto ordinary = [](std::string_view name) {
    const auto at = std::ranges::lower_bound(kOrdinaryOptions, name);
    if (at == kOrdinaryOptions.end() || !at->starts_with(name)) return Match::none;
    return *at == name ? Match::exact : Match::prefix;
  };
  const Match match = ordinary(head);
  if (match == Match::exact) return {head, match};
  for (const Importing& option : kImporting)
    if (head.starts_with(option.shortest) && option.name.starts_with(head))
      return {option.name, Match::prefix, true};
  if (match != Match::none) return {head, match};
  if (head.starts_with("no-") && head.size() > 3) {
    const std::string_view name = head.substr(3);
    if (name == "trust-remote-code") return {head, Match::exact};
    return {head, ordinary(name)};
  }
  // "se" could be several; a beginning of many is an error to argparse.
  return {head, match};
}

// "--kv-transfer-config.module_path=x" in its parts.
struct Written {
  std::string head;
  std::vector<std::string_view> path;
  std::string_view value;
  bool has_value = false;
  bool list = false;  // "a.b+": the value is divided at commas
};

Written take_apart(std::string_view text) {
  Written out;
  const std::size_t sign = text.find('=');
  if (sign != std::string_view::npos) {
    out.value = text.substr(sign + 1);
    out.has_value = true;
    text = text.substr(0, sign);
  }
  if (text.starts_with("--")) text.remove_prefix(2);
  const std::size_t dot = text.find('.');
  out.head = text.substr(0, dot);
  if (!out.head.starts_with('-')) std::ranges::replace(out.head, '_', '-');
  if (dot == std::string_view::npos) return out;
  text.remove_prefix(dot + 1);
  out.list = text.ends_with('+');
  if (out.list) text.remove_suffix(1);
  out.path = split(text, '.');
  return out;
}

// To argparse: a text with spaces before its value is none, nor is a number.
bool is_option(std::string_view text) {
  const std::string_view head = text.substr(0, text.find_first_of("=."));
  if (head.contains(' ')) return false;
  if (text.starts_with("--")) return true;
  return text.starts_with('-') && resolve(head).imports;
}

bool looks_like_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

// What the dotted keys of one option come to.
struct Branch {
  std::map<std::string, std::unique_ptr<Branch>, std::less<>> members;
  std::string json;
};

void write(std::string& out, const Branch& branch) {
  if (branch.members.empty()) {
    out += branch.json;
    return;
  }
  char before = '{';
  for (const auto& [name, member] : branch.members) {
    out += before;
    json::Writer(out).string(name);
    out += ':';
    write(out, *member);
    before = ',';
  }
  out += '}';
}

class Reader {
 public:
  void entry(std::string_view key, Value value) {
    const bool nothing =
        (value.is_bool() && !value.boolean()) || (value.is_array() && value.size() == 0);
    if (nothing) return;
    const std::string text = fmt::format("--{}", key);
    key_ = key;
    const std::string head = take_apart(text).head;
    known_ = resolve(head).match == Match::exact;
    distinctive_ |= known_ && head.contains('-');
    open(text, false);
    if (value.is_array())
      for (const Value element : value.elements()) token(element);
    else if (!value.is_bool())
      token(value);
    close();
  }

  std::vector<Option> take() {
    for (const auto& [head, dotted] : dotted_) {
      Option& option = options_[dotted.option];
      option.json = fmt::format("{{\"{}\":", option.name);
      write(option.json, dotted.tree);
      option.json += '}';
    }
    if (!distinctive_) std::erase_if(options_, [](const Option& option) { return option.vague; });
    return std::move(options_);
  }

 private:
  struct Dotted {
    std::size_t option;
    Branch tree;
  };

  void token(Value value) {
    if (!value.is_string() || !is_option(value.string())) {
      values_.push_back(value);
      return;
    }
    close();
    open(std::string(value.string()), true);
  }

  void open(std::string text, bool smuggled) {
    text_ = std::move(text);
    written_ = take_apart(text_);
    smuggled_ = smuggled || written_.has_value;
    values_.clear();
  }

  void close() {
    const Resolved resolved = resolve(written_.head);
    Option option;
    option.smuggled = smuggled_;
    option.of_known = known_ && smuggled_;
    option.match = resolved.match;
    option.vague = resolved.match == Match::none ||
                   (resolved.match == Match::prefix && !written_.head.contains('-'));
    option.name = resolved.match == Match::none ? written_.head : std::string(resolved.name);
    option.has_value = written_.has_value || !values_.empty();
    const std::string_view shown = std::string_view(text_).substr(0, text_.find('='));
    option.label = smuggled_ ? fmt::format("{} in {}", escape(shown, kShown), escape(key_, kShown))
                             : escape(key_, kShown);
    if (resolved.match == Match::none) {
      // Without a name of vLLM, only what hides in another option is of interest.
      if (smuggled_) options_.push_back(std::move(option));
      return;
    }
    if (!written_.path.empty()) return dotted(std::move(option));
    const std::string value = json_of_all(option);
    if (!resolved.imports && !option.rewritten && !option.unreadable) return;
    option.json = fmt::format("{{\"{}\":{}}}", option.name, value);
    options_.push_back(std::move(option));
  }

  void dotted(Option option) {
    option.rewritten = true;
    if (written_.path.size() > kMostParts) {
      option.unreadable = true;
      options_.push_back(std::move(option));
      return;
    }
    const auto [at, is_new] = dotted_.try_emplace(written_.head, options_.size(), Branch{});
    Branch* branch = &at->second.tree;
    for (const std::string_view part : written_.path) {
      auto& member = branch->members[std::string(part)];
      if (!member) member = std::make_unique<Branch>();
      branch = member.get();
    }
    branch->members.clear();
    branch->json = json_of_member(option);
    if (is_new)
      options_.push_back(std::move(option));
    else
      options_[at->second.option].unreadable |= option.unreadable;
  }

  // The next word, whatever it is, read as JSON where it is JSON.
  std::string json_of_member(Option& option) {
    std::string out;
    json::Writer writer(out);
    if (!written_.has_value && values_.empty()) {
      writer.string("true");
    } else if (!written_.has_value && !values_.front().is_string()) {
      writer.value(values_.front());
    } else {
      const std::string_view text = written_.has_value ? written_.value : values_.front().string();
      if (written_.list) {
        writer.begin_array();
        for (const std::string_view part : split(text, ',')) writer.string(part);
        writer.end_array();
      } else {
        of_text(writer, text, true, option);
      }
    }
    return out;
  }

  std::string json_of_all(Option& option) {
    std::string out;
    json::Writer writer(out);
    if (written_.has_value) {
      of_text(writer, written_.value, false, option);
    } else if (values_.empty()) {
      writer.boolean(true);
    } else if (values_.size() == 1) {
      of_value(writer, values_.front(), option);
    } else {
      writer.begin_array();
      for (const Value value : values_) of_value(writer, value, option);
      writer.end_array();
    }
    return out;
  }

  void of_value(json::Writer& writer, Value value, Option& option) {
    if (value.is_string())
      of_text(writer, value.string(), false, option);
    else
      writer.value(value);
  }

  void of_text(json::Writer& writer, std::string_view text, bool any, Option& option) {
    const bool object = looks_like_json(text);
    if (!object && !any) {
      writer.string(text);
      return;
    }
    const auto document = document_.read(text);
    if (document) {
      option.rewritten |= object;
      writer.value(document->root());
      return;
    }
    option.unreadable |= object && document.error().kind != json::ParseErrorKind::syntax;
    writer.string(text);
  }

  std::string_view key_;
  bool known_ = false;
  bool distinctive_ = false;  // an option of several words was written out
  std::string text_;
  Written written_;  // of `text_`
  bool smuggled_ = false;
  std::vector<Value> values_;
  std::vector<Option> options_;
  std::map<std::string, Dotted, std::less<>> dotted_;
  JsonDocument document_;
};

}  // namespace

std::vector<Option> options_of(Value root) {
  Reader reader;
  for (const auto [key, value] : root.members()) reader.entry(key, value);
  return reader.take();
}

}  // namespace gh::hub
