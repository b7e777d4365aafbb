#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/wording.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

constexpr std::size_t kQuoted = 64;

template <std::size_t N>
using Words = std::array<std::string_view, N>;

// Filters and methods that give something of what they are given, and change no text.
constexpr Words<19> kGiving = {"first",  "last",    "list",       "sort",  "unique",
                               "select", "reject",  "selectattr", "batch", "rejectattr",
                               "slice",  "random",  "min",        "max",   "dictsort",
                               "items",  "groupby", "default",    "d"};
constexpr Words<9> kReading = {"items",   "keys",       "values", "copy",    "pop",
                               "popitem", "setdefault", "get",    "fromkeys"};

// What these leave of a text of the caller's is still that.
constexpr Words<14> kCutting = {"split", "rsplit", "splitlines",   "partition",   "rpartition",
                                "strip", "lstrip", "rstrip",       "trim",        "lower",
                                "upper", "title",  "removeprefix", "removesuffix"};

}  // namespace

Origin Review::within(const Value& object, std::string_view name) const {
  const Origin own = inner_of(object);
  if (own == Origin::data) return put_into_data_;
  const auto attribute = attributes_.find(name);
  return std::max({own, put_away_, attribute == attributes_.end() ? own : attribute->second});
}

void Review::put_into(const Value& object, Origin origin) {
  Origin& place = inner_of(object) == Origin::data ? put_into_data_ : put_away_;
  fresh_ = fresh_ || origin > place || !changing_;
  place = std::max(place, origin);
  changing_ = true;
}

void Review::name_attribute(std::string_view name, const ValuePtr& value) {
  const auto [place, fresh] = attributes_.try_emplace(std::string(name), Origin::data);
  const Origin origin = std::max(origin_of(*value), inner_of(*value));
  fresh_ = fresh_ || origin > place->second;
  place->second = std::max(place->second, origin);
  const auto [held, first] = held_.try_emplace(std::string(name), value);
  if (first) return;
  const ValuePtr both = either(held->second, value);
  fresh_ = fresh_ || held->second->content != both->content ||
           held->second->measure != both->measure || held->second->date != both->date;
  held->second = both;
}

// What puts something into a dict. The others only take away, or are those of lists.
void Review::note_change(std::string_view method) {
  if ((method != "update" && method != "setdefault") || dicts_change_) return;
  dicts_change_ = fresh_ = true;
}

void Review::note_taken(std::string_view method, bool of_constant) {
  if ((!of_constant && is_formatting(method)) || (is_padding(method) && formatter_.empty()))
    formatter_ = method;
  if (!changes(method)) return;
  note_change(method);
  Value anything;
  put_into(anything, Origin::made);
}

// A text of the conversation that is parsed: what a caller may say in it he may as well say without
// it. Of a text that the template makes nobody knows what it says.
bool Review::gives_data(std::string_view filter, const Value& input, const Arguments& given) {
  return parses_json(filter) && given.all.empty() && origin_of(input) == Origin::data &&
         !input.conversation && !input.constant && !input.hidden;
}

Origin Review::filtered(const Node& node, const ValuePtr& input, const Arguments& given) const {
  const std::string_view name = node.text;
  const Origin also = origin_of(given.all);
  if (name == "default" || name == "d") return std::max(origin_of(*input), also);
  if (name == "reverse") return within(*input) == Origin::data ? Origin::data : Origin::made;
  if (gives_data(name, *input, given)) return Origin::data;
  if (is_one_of(name, kCutting))
    return origin_of(*input) == Origin::data ? Origin::data : Origin::made;
  const bool attribute = name == "map" && given.positional.empty();
  if (!attribute && !is_one_of(name, kGiving)) return Origin::made;
  return std::max(within(*input), also > Origin::written ? also : Origin::data);
}

Origin Review::returned(std::string_view method, const ValuePtr& object,
                        const Values& arguments) const {
  if (is_one_of(method, kCutting) && origin_of(*object) == Origin::data) return Origin::data;
  if (!is_one_of(method, kReading)) return Origin::made;
  return std::max(within(*object, method), origin_of(arguments));
}

namespace {

// What Jinja's own objects (macros, loops, undefined values) keep; a subscript finds it as an
// attribute does.
bool is_engine_key(std::string_view key) {
  constexpr std::string_view kKeys[] = {"_environment",
                                        "_func",
                                        "_argument_count",
                                        "_default_autoescape",
                                        "_iterable",
                                        "_iterator",
                                        "_length",
                                        "_after",
                                        "_current",
                                        "_before",
                                        "_recurse",
                                        "_last_changed_value",
                                        "_undefined_message",
                                        "_undefined_hint",
                                        "_undefined_obj",
                                        "_undefined_name",
                                        "_undefined_exception",
                                        "_context",
                                        "_stack",
                                        "_depth",
                                        "_module",
                                        "_body_stream",
                                        "_fail_with_undefined_error"};
  return std::ranges::find(kKeys, key) != std::end(kKeys);
}

}  // namespace

void Review::check_key(const Node& node, const ValuePtr& object, const ValuePtr& key) {
  if (key->is_text()) {
    // A key, unlike an attribute, may begin with one underscore: it is a message's own.
    if (key->text.starts_with("__"))
      report(rule::kDunder, node, fmt::format("the key `{}`", escape(key->text, kQuoted)),
             key->text);
    else if (is_internal(key->text) && (!key->text.starts_with('_') || is_engine_key(key->text)))
      report(rule::kPrivate, node, fmt::format("the key `{}`", escape(key->text, kQuoted)),
             key->text);
    return;
  }
  if (key->numeric || key->choice || key->is != Value::Is::unknown) return;
  if (key->underscores)
    report(rule::kDunder, node, "a key is put together from underscores and other pieces");
  else if (is_table(*object))
    // A dict looks for the key among its own; then Jinja takes an attribute of the dict by that
    // name. vLLM and transformers render in the immutable sandbox: what begins with an underscore
    // and what changes a dict is undefined there, and what is left are methods that read the same
    // texts. Without a sandbox it may be `__class__`; whatever leads on from there is a key of its
    // own, of no table, or a call of what a key led to: both are findings.
    return;
  else if (key->constant || key->hidden || (origin_of(*key) == Origin::made && !key->token))
    report(rule::kUnknownKey, node, "the key of a subscript");
}

// The attributes and keys that str.format follows: `{0.name[key]}`.
void Review::check_fields(const Node& node, std::string_view format) {
  for (std::size_t at = format.find('{'); at != std::string_view::npos;
       at = format.find('{', at + 1)) {
    std::string_view field = format.substr(at + 1);
    field = field.substr(0, field.find_first_of("{}:!"));
    for (std::size_t end = field.find_first_of(".["); end != std::string_view::npos;
         end = field.find_first_of(".[")) {
      field.remove_prefix(end + 1);
      const std::string_view name = field.substr(0, field.find_first_of(".[]"));
      if (is_internal(name) && !name.starts_with("__"))
        report(rule::kPrivate, node, fmt::format("a format takes `{}`", escape(name, kQuoted)),
               name);
    }
  }
}

}  // namespace gh::jinja
