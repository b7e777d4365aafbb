#include "jinja/fold.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/addresses.h"
#include "jinja/arithmetic.h"
#include "jinja/characters.h"
#include "jinja/wording.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

using Is = Value::Is;

bool constant_texts(const Values& values) {
  return std::ranges::all_of(values, [](const ValuePtr& value) { return value->is_text(); });
}

// Python's characters of a text: slices and `reverse` count these, not bytes.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = std::min(character_at(text.substr(at)).size, text.size() - at);
    out.push_back(text.substr(at, size));
    at += size;
  }
  return out;
}

template <class Change>
std::string mapped(std::string_view text, Change change) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), change);
  return out;
}

char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string reversed(std::string_view text) {
  std::string out;
  const auto all = characters(text);
  for (auto character = all.rbegin(); character != all.rend(); ++character) out += *character;
  return out;
}

// The set of characters that str.strip(x) removes; nothing given: white space.
std::string stripped(std::string_view text, std::string_view set, bool left, bool right) {
  if (left) text.remove_prefix(std::min(text.find_first_not_of(set), text.size()));
  if (right) text = text.substr(0, text.find_last_not_of(set) + 1);
  return std::string(text);
}

// Indexes of `[begin:end:step]` over `size` items; nothing where a bound is no number.
std::optional<std::vector<std::size_t>> sliced(std::size_t size, const Values& bounds) {
  const auto bound = [&](std::size_t i) -> std::optional<std::int64_t> {
    if (bounds[i] == nullptr || bounds[i]->is == Is::none) return std::nullopt;
    return bounds[i]->number;
  };
  for (const ValuePtr& value : bounds)
    if (value != nullptr && !value->is_integer() && value->is != Is::none) return std::nullopt;
  const auto count = static_cast<std::int64_t>(size);
  const std::int64_t step = std::clamp<std::int64_t>(bound(2).value_or(1), -count - 1, count + 1);
  if (step == 0) return std::nullopt;
  const std::int64_t low = step > 0 ? 0 : -1;
  const std::int64_t high = step > 0 ? count : count - 1;
  const auto place = [&](std::optional<std::int64_t> at, std::int64_t otherwise) {
    if (!at) return otherwise;
    const std::int64_t wanted = std::clamp<std::int64_t>(*at, -count - 1, count + 1);
    return std::clamp(wanted < 0 ? wanted + count : wanted, low, high);
  };
  const std::int64_t end = place(bound(1), step > 0 ? high : low);
  std::vector<std::size_t> out;
  for (std::int64_t i = place(bound(0), step > 0 ? low : high); step > 0 ? i < end : i > end;
       i += step)
    out.push_back(static_cast<std::size_t>(i));
  return out;
}

}  // namespace

std::optional<std::string> shown(const Value& value) {
  switch (value.is) {
    case Is::text:
      return value.text;
    case Is::integer:
      if (is_saturated(value.number)) return std::nullopt;
      return std::to_string(value.number);
    case Is::none:
      return "None";
    default:
      return std::nullopt;
  }
}

ValuePtr Fold::finish(Value from, std::optional<std::string> made) {
  if (made && made->size() <= kMostText && affords(made->size())) {
    from.is = Is::text;
    from.underscores = made->contains("__");
    from.underscore = made->contains('_');
    from.hidden = false;
    from.wording = is_wording(*made);
    from.open = ends_in_page(*made);
    from.size = static_cast<std::int64_t>(made->size());
    from.turns = from.size;
    from.text = *std::move(made);
  }
  return make(std::move(from));
}

bool Fold::affords(std::uint64_t bytes) {
  spent_ += bytes;
  return spent_ <= kBudget;
}

ValuePtr Fold::concat(const Values& parts) {
  std::string out;
  for (const ValuePtr& part : parts) {
    const auto text = shown(*part);
    if (!text || out.size() > kMostText) {
      Value unknown = merged(parts);
      unknown.underscores = unknown.underscores || out.starts_with('_');
      return make(std::move(unknown));
    }
    out += *text;
  }
  return finish(merged(parts), std::move(out));
}

std::optional<std::string> Fold::repeated(const std::string& text, std::int64_t times) const {
  if (times <= 0 || text.empty()) return std::string();
  if (static_cast<std::uint64_t>(times) > kMostText / text.size()) return std::nullopt;
  std::string out;
  for (std::int64_t i = 0; i < times; ++i) out += text;
  return out;
}

ValuePtr Fold::list(Values items) {
  Value out = merged(items);
  out.turns = static_cast<std::int64_t>(items.size());
  out.origin = Origin::data;  // no key
  out.inner = origin_of(items);
  out.nested = std::min(out.nested + 1, 3);
  if (items.size() <= kMostItems && affords(16 * items.size())) {
    out.is = Is::list;
    out.items = std::move(items);
  }
  return make(std::move(out));
}

ValuePtr Fold::item(const ValuePtr& object, const ValuePtr& key) {
  Value from = merged({object, key});
  if (!key->is_integer() || object->is == Is::unknown || !affords(object->text.size()))
    return make(std::move(from));
  const auto all = characters(object->text);
  const std::size_t size = object->is == Is::list ? object->items.size() : all.size();
  const auto count = static_cast<std::int64_t>(size);
  const std::int64_t at = key->number < 0 ? key->number + count : key->number;
  if (at < 0 || at >= count) return make(std::move(from));
  const auto index = static_cast<std::size_t>(at);
  if (object->is == Is::list) return object->items[index];
  return finish(std::move(from), std::string(all[index]));
}

ValuePtr Fold::slice(const ValuePtr& object, const Values& bounds) {
  Values inputs = bounds;
  inputs.push_back(object);
  Value from = merged(inputs);
  if (!affords(object->text.size())) return make(std::move(from));
  if (object->is_text()) {
    const auto all = characters(object->text);
    const auto chosen = sliced(all.size(), bounds);
    if (!chosen) return make(std::move(from));
    std::string out;
    for (const std::size_t i : *chosen) out += all[i];
    return finish(std::move(from), std::move(out));
  }
  if (object->is == Is::list) {
    const auto chosen = sliced(object->items.size(), bounds);
    if (!chosen) return make(std::move(from));
    Values items;
    for (const std::size_t i : *chosen) items.push_back(object->items[i]);
    return list(std::move(items));
  }
  return make(std::move(from));
}

std::optional<std::string> Fold::joined(const Value& items, std::string_view separator) const {
  std::string out;
  if (items.is_text()) {
    bool first = true;
    for (const std::string_view character : characters(items.text)) {
      if (!std::exchange(first, false)) out += separator;
      out += character;
      if (out.size() > kMostText) return std::nullopt;
    }
    return out;
  }
  if (items.is != Is::list) return std::nullopt;
  for (std::size_t i = 0; i < items.items.size(); ++i) {
    const auto text = shown(*items.items[i]);
    if (!text || out.size() > kMostText) return std::nullopt;
    if (i > 0) out += separator;
    out += *text;
  }
  return out;
}

std::optional<std::string> Fold::replaced(const std::string& text, const Values& arguments) const {
  if (arguments.size() < 2 || arguments.size() > 3) return std::nullopt;
  if (!arguments[0]->is_text() || !arguments[1]->is_text()) return std::nullopt;
  std::int64_t left = -1;
  if (arguments.size() == 3 && arguments[2]->is_integer()) left = arguments[2]->number;
  const std::string& what = arguments[0]->text;
  if (what.empty()) return std::nullopt;
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = text.find(what); at != std::string::npos && left != 0; --left) {
    out.append(text, from, at - from).append(arguments[1]->text);
    if (out.size() > kMostText) return std::nullopt;
    from = at + what.size();
    at = text.find(what, from);
  }
  return out.append(text, from);
}

// `%s`, `%c`, `%d` and `%%` without flags; anything else is not worked out.
std::optional<std::string> Fold::formatted(const std::string& format,
                                           const Values& arguments) const {
  std::string out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out += format[i];
      continue;
    }
    const char kind = ++i < format.size() ? format[i] : ' ';
    if (kind == '%') {
      out += '%';
      continue;
    }
    if (next >= arguments.size()) return std::nullopt;
    const Value& value = *arguments[next++];
    const auto text = shown(value);
    if (!text || out.size() > kMostText) return std::nullopt;
    if (kind == 's' || (kind == 'd' && value.is_integer()) || (kind == 'c' && value.is_text())) {
      out += *text;
    } else if (kind == 'c' && value.number >= 0 && value.number <= 0x10ffff) {
      append_utf8(out, static_cast<std::uint32_t>(value.number));
    } else {
      return std::nullopt;
    }
  }
  return out;
}

std::optional<std::string> Fold::changed(std::string_view how, const std::string& text,
                                         const Values& arguments) const {
  static constexpr std::string_view kSpace = " \t\n\r\f\v\x1c\x1d\x1e\x1f";
  // Python changes letters beyond ASCII, some of them into ASCII, and strips more white space.
  const bool ascii = std::ranges::all_of(text, is_ascii);
  if (!ascii && how != "replace") return std::nullopt;
  if (how == "lower" || how == "casefold") return mapped(text, to_lower);
  if (how == "upper") return mapped(text, to_upper);
  if (how == "swapcase")
    return mapped(text, [](char c) { return to_upper(c) == c ? to_lower(c) : to_upper(c); });
  if (how == "replace") return replaced(text, arguments);
  const bool both = how == "strip" || how == "trim";
  if (both || how == "lstrip" || how == "rstrip") {
    if (!constant_texts(arguments)) return std::nullopt;
    const std::string_view set = arguments.empty() ? kSpace : std::string_view(arguments[0]->text);
    return stripped(text, set, both || how == "lstrip", both || how == "rstrip");
  }
  return std::nullopt;
}

ValuePtr Fold::filter(std::string_view name, const ValuePtr& input, const Values& arguments) {
  Values inputs = arguments;
  inputs.push_back(input);
  Value from = merged(inputs);
  if (!affords(input->text.size())) return make(std::move(from));
  from.turns = input->turns;
  if (name == "join" && arguments.size() <= 1 && constant_texts(arguments))
    return finish(std::move(from), joined(*input, arguments.empty() ? "" : arguments[0]->text));
  if (name == "list" || name == "first" || name == "last" || name == "reverse") {
    Values items = input->items;
    if (input->is_text()) {
      if (name == "reverse") return finish(std::move(from), reversed(input->text));
      const auto all = characters(input->text);
      if (all.size() > kMostItems) return make(std::move(from));
      for (const std::string_view character : all)
        items.push_back(text_value(std::string(character)));
    }
    if (items.empty()) return make(std::move(from));
    if (name == "first") return items.front();
    if (name == "last") return items.back();
    if (name == "reverse") std::ranges::reverse(items);
    return list(std::move(items));
  }
  // Not `escape` and `safe`: what is joined to their text changes too.
  if (name == "string") return finish(std::move(from), shown(*input));
  if (!input->is_text()) return make(std::move(from));
  if (name == "format") return finish(std::move(from), formatted(input->text, arguments));
  return finish(std::move(from), changed(name, input->text, arguments));
}

ValuePtr Fold::method(std::string_view name, const ValuePtr& object, const Values& arguments) {
  Values all = arguments;
  all.push_back(object);
  Value from = merged(all);
  if (!object->is_text() || !affords(object->text.size())) return make(std::move(from));
  if (name == "join" && arguments.size() == 1)
    return finish(std::move(from), joined(*arguments[0], object->text));
  if (name == "format" || name == "format_map") {
    // Only "{}" in order; more is not worked out.
    std::string out;
    std::size_t next = 0;
    const std::string_view format = object->text;
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '{' && format[i] != '}') {
        out += format[i];
        continue;
      }
      if (!format.substr(i).starts_with("{}") || next >= arguments.size())
        return make(std::move(from));
      const auto text = shown(*arguments[next++]);
      if (!text || out.size() > kMostText) return make(std::move(from));
      out += *text;
      ++i;
    }
    return finish(std::move(from), std::move(out));
  }
  return finish(std::move(from), changed(name, object->text, arguments));
}

}  // namespace gh::jinja
