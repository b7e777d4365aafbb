#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/addresses.h"
#include "jinja/characters.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/wording.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

constexpr std::size_t kQuoted = 64;

template <std::size_t N>
using Words = std::array<std::string_view, N>;

constexpr Words<6> kPadding = {"center", "indent", "wordwrap", "batch", "slice", "tojson"};
constexpr Words<4> kChoosing = {"select", "reject", "selectattr", "rejectattr"};

// Which positional argument of a filter names an attribute.
std::optional<std::size_t> attribute_position(std::string_view filter) {
  if (filter == "attr" || filter == "selectattr" || filter == "rejectattr" || filter == "groupby" ||
      filter == "sum")
    return 0;
  if (filter == "join" || filter == "unique" || filter == "min" || filter == "max") return 1;
  if (filter == "sort") return 2;
  return std::nullopt;
}

}  // namespace

void Review::report(const findings::Rule& rule, const Node& node, std::string message,
                    std::string_view evidence) {
  if (!recording_) return;
  if (!reported_.emplace(&rule, node.at.line, node.at.column).second) return;
  examination_.add(rule, std::move(message),
                   {.offset = {},
                    .length = {},
                    .line = node.at.line,
                    .column = node.at.column,
                    .evidence = evidence.substr(0, 200)});
}

ValuePtr Review::judged(const Node& node, ValuePtr value) {
  value = check_size(node, std::move(value));
  if (!recording_ || !value->is_text() || value->reported) return value;
  const std::string& text = value->text;
  const std::size_t before = reported_.size();
  if (mentions_dunder(text))
    report(rule::kDunder, node,
           node.kind == Kind::text
               ? fmt::format("a text holds `{}`", escape(text, kQuoted))
               : fmt::format("literals are put together to `{}`", escape(text, kQuoted)),
           text);
  check_text(node, text);
  if (reported_.size() == before) return value;
  Value named = *value;
  named.reported = true;
  return make(std::move(named));
}

void Review::check_text(const Node& node, std::string_view text) {
  if (!recording_) return;
  const auto from = [&](std::size_t at) { return text.substr(at, 120); };
  check_addresses(node, text);
  if (const auto at = find_encoded(text))
    report(rule::kEncoded, node, "encoded characters in a row", from(*at));
  if (const auto at = find_instruction(text))
    report(rule::kInstruction, node,
           fmt::format("it says \"{}\"", escape(from(*at).substr(0, 60), kQuoted)), from(*at));
  if (const auto at = find_invisible(text))
    report(rule::kInvisible, node, "a character that has no shape",
           text.substr(*at < 20 ? 0 : *at - 20, 60));
}

void Review::check_addresses(const Node& node, std::string_view text) {
  constexpr int kMostPages = 8;
  std::string rest(text);
  for (int pages = 0;; ++pages) {
    const auto at = find_address(rest);
    if (!at) return;
    const std::string_view address = address_in(text.substr(*at, 120));
    const bool page = on_content_ == 0 && pages < kMostPages && page_at(text, *at) != Page::none;
    report(page ? rule::kPage : rule::kAddress, node,
           fmt::format("the address {}", escape(address, kQuoted)), address);
    if (!page) return;
    rest.replace(*at, address.size(), address.size(), ' ');
  }
}

void Review::check_joined(const Node& node, const Values& parts) {
  for (std::size_t i = 0; i + 1 < parts.size(); ++i)
    if (parts[i]->open && !ends_address(parts[i + 1]->text))
      report(rule::kAddress, node, "an address that may go on with what stands behind it");
}

// A sentence or an address that is written in pieces, one behind the other.
void Review::check_said(const Node& node, const Value& text) {
  if (!recording_) return;
  if (!text.is_text()) return said_.clear();
  if (text.text.empty()) return;
  const std::string together = said_ + text.text.substr(0, kPiece);
  if (!said_.empty() && !find_instruction(said_) && !find_instruction(text.text))
    if (const auto at = find_instruction(together))
      report(rule::kInstruction, node,
             fmt::format("it says \"{}\"", escape(together.substr(*at, 60), kQuoted)),
             std::string_view(together).substr(*at));
  // Before "://" stands a scheme, known or not.
  const bool guessed = said_.empty() && text.text.starts_with("://");
  if ((guessed || !said_.empty()) && !find_address(said_)) {
    const auto at = find_address(guessed ? "https" + together : together);
    if (at && (guessed ? *at == 0 : *at < said_.size())) {
      const std::string_view address = address_in(std::string_view(together).substr(*at));
      report(rule::kAddress, node,
             fmt::format("the address {}, in pieces", escape(address, kQuoted)), address);
    }
  }
  said_ = text.text.size() < kPiece ? together : text.text;
  if (said_.size() > kPiece) said_.erase(0, said_.size() - kPiece);
}

void Review::note_said(const Node& node, const Value& text) {
  check_said(node, text);
  if (on_content_ > 0 && text.is_text() && node.kind == Kind::output && recording_)
    check_addresses(node, text.text);
  if (text.is_text() && text.text.empty()) return;
  if (open_ && !ends_address(text.text))
    report(rule::kAddress, node, "an address that may go on with what stands behind it");
  open_ = text.open;
}

void Review::end_said(const Node& node) {
  if (std::exchange(open_, false))
    report(rule::kAddress, node, "an address that may go on with what stands behind it");
}

void Review::check_name(const Node& node, std::string_view name) {
  if (is_dunder(name) || mentions_dunder(name))
    report(rule::kDunder, node, fmt::format("the name `{}`", escape(name, kQuoted)), name);
  if (!std::ranges::all_of(name, is_ascii))
    report(rule::kForeignLetters, node, fmt::format("the name `{}`", escape(name, kQuoted)), name);
}

void Review::check_attribute(const Node& node, std::string_view name) {
  if (name.starts_with("__"))
    report(rule::kDunder, node, fmt::format("the attribute `{}`", escape(name, kQuoted)), name);
  else if (is_internal(name))
    report(rule::kPrivate, node, fmt::format("the attribute `{}`", escape(name, kQuoted)), name);
  if (!std::ranges::all_of(name, is_ascii))
    report(rule::kForeignLetters, node, fmt::format("the attribute `{}`", escape(name, kQuoted)),
           name);
}

void Review::check_attribute_argument(const Node& node, const ValuePtr& name, bool attr) {
  if (name->is_text()) {
    for (const std::string_view part : split(name->text, '.')) {
      check_attribute(node, part);
      note_taken(part, false);
    }
    if (attr && !is_internal(name->text))
      report(rule::kAttrFilter, node, "an attribute by a plain name", name->text);
  } else if (!name->numeric && !name->choice && name->is != Value::Is::none) {
    report(rule::kDynamicAttribute, node,
           fmt::format("the filter `{}` with a name that is not plain text", node.text));
  }
}

// `select('in', words)`, `selectattr('content', 'equalto', word)`: comparisons by name.
void Review::check_choosing(const Node& node, const ValuePtr& input, const Values& arguments) {
  const std::size_t at = node.text.ends_with("attr") ? 1 : 0;
  if (arguments.size() <= at) return;
  const std::string& test = arguments[at]->text;
  if (arguments[at]->is_text() && !is_known_test(test))
    report(rule::kUnknownName, node, fmt::format("the test `{}`", escape(test, kQuoted)), test);
  Value left = *input;
  const std::string_view attribute = at == 1 ? std::string_view(arguments[0]->text) : "";
  if (at == 1)
    left.content = attribute.ends_with("content") || attribute.ends_with("text") ||
                   (input->document && names_document_text(attribute)) ||
                   (input->record && input->content && !input->conversation);
  if (left.content && asks_for_words(test))
    add_trigger(node, fmt::format("whether it is {}", test), "", false, !negated_);
  if (arguments.size() <= at + 1) return;
  check_comparison(node, test, {nullptr, make(std::move(left))}, {nullptr, arguments[at + 1]});
}

// The filter that `map` is told to use, and the arguments of that.
void Review::check_mapping(const Node& node, const Value& input,
                           std::span<const ValuePtr> arguments) {
  const std::string& filter = arguments[0]->text;
  if (!arguments[0]->is_text()) {
    report(rule::kDynamicAttribute, node, "the filter `map` with a hidden filter name");
    return;
  }
  if (!is_known_filter(filter))
    report(rule::kUnknownName, node, fmt::format("the filter `{}`", escape(filter, kQuoted)));
  const std::span<const ValuePtr> rest = arguments.subspan(1);
  if (filter == "map" && !rest.empty()) check_mapping(node, input, rest);
  Value one = input;
  if (one.content) one.conversation = false;
  check_applied(node, filter, make(std::move(one)), Values(rest.begin(), rest.end()));
  const auto position = attribute_position(filter);
  if (position && *position < rest.size())
    check_attribute_argument(node, rest[*position], filter == "attr");
}

void Review::check_filter(const Node& node, const ValuePtr& input, const Arguments& arguments) {
  const std::string_view name = node.text;
  const Values& given = arguments.positional;
  if (gives_data(name, *input, arguments))
    report(rule::kJsonFilter, node, fmt::format("the filter `{}`", name), name);
  else if (!is_known_filter(name))
    report(rule::kUnknownName, node, fmt::format("the filter `{}`", escape(name, kQuoted)), name);
  const auto position = attribute_position(name);
  if (position && *position < given.size())
    check_attribute_argument(node, given[*position], name == "attr");
  for (std::size_t i = 1; i < node.parts.size(); ++i) {
    const Node& part = *node.parts[i];
    if (part.kind == Kind::keyword && (part.text == "attribute" || part.text == "name"))
      check_attribute_argument(node, arguments.all[i - 1], name == "attr");
    if (part.kind == Kind::spread && (position || name == "map"))
      report(rule::kDynamicAttribute, node,
             fmt::format("the filter `{}` with spread arguments", escape(name, kQuoted)));
  }
  if (name == "map" && !given.empty()) check_mapping(node, *input, arguments.all);
  if (is_one_of(name, kChoosing)) check_choosing(node, input, given);
  check_applied(node, name, input, arguments.all);
  check_object_text(node);
  static constexpr Words<4> kSpellArguments = {"replace", "format", "indent", "join"};
  if (name == "format" || name == "string" || name == "lower" || name == "upper" || name == "e" ||
      name == "escape" || name == "forceescape" || name == "trim" || name == "title" ||
      name == "capitalize" || name == "replace" || name == "center" || name == "indent" ||
      name == "join" || name == "striptags" || name == "urlencode" || name == "truncate" ||
      name == "pprint")
    check_no_function(node, {input});
  if (is_one_of(name, kSpellArguments)) check_no_function(node, arguments.all);
}

// A filter on what is there, or on each part of it.
void Review::check_applied(const Node& node, std::string_view name, const ValuePtr& input,
                           const Values& given) {
  if (name == "trim" && !given.empty()) check_look_up(node, "trim", input, given);
  if (input->content && !input->conversation) {
    if (name == "reverse") report(rule::kRewrite, node, "turns the letters of a message round");
    if (name == "striptags" || name == "truncate")
      report(rule::kRewrite, node, fmt::format("the filter `{}` on a message", name), name);
  }
  if (name == "unique" || name == "groupby") check_alike(node, *input, given);
  if (name == "random") report(rule::kRandom, node, "the filter `random`");
  if ((input->content && name == "join") || (name == "replace" && given.size() >= 2))
    check_look_up(node, name, input, given);
  if (is_one_of(name, kPadding)) check_times(node, given, kWide);
  if (name == "round") check_times(node, given, 1000);
  if (name == "format") check_format(node, input, given);
}

void Review::check_object_text(const Node& node) {
  static constexpr Words<7> kGenerators = {"select", "reject", "selectattr", "rejectattr",
                                           "map",    "batch",  "slice"};
  const Node* input = node.parts[0];
  if (input == nullptr || !is_spelling(node.text)) return;
  if (input->kind == Kind::filter && is_one_of(input->text, kGenerators))
    report(rule::kObjectText, node, fmt::format("the filter `{}` on a generator", node.text));
}

void Review::check_no_function(const Node& node, const Values& spelled) {
  for (const ValuePtr& value : spelled)
    if (value->function || value->space || (value->generator && node.text != "join"))
      report(
          rule::kObjectText, node,
          value->generator ? "a generator becomes text" : "a function or a namespace becomes text");
}

}  // namespace gh::jinja
