#include "policy/value.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "policy/addresses.h"
#include "vllm/version.h"

namespace gh::policy {
namespace {

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Starts with a letter or digit and goes on with those and `others`.
bool is_word(std::string_view text, std::string_view others, std::size_t most) {
  return !text.empty() && text.size() <= most && is_alphanumeric(text.front()) &&
         std::ranges::all_of(text, [&](char c) {
           return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
         });
}

bool is_name(std::string_view text) {
  return is_word(text, "._-", 63);
}

// It stands in /v1/models/{id}: no segment may be empty, "." or "..".
bool is_model_name(std::string_view text) {
  if (!is_word(text, "._:/@+-", 128)) return false;
  const auto segments = split(text, '/');
  return std::ranges::none_of(
      segments, [](std::string_view s) { return s.empty() || s == "." || s == ".."; });
}

bool is_served_name(std::string_view text) {
  return !text.empty() && text.size() <= 256 &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

bool is_cache_mode(std::string_view text) {
  if (text.starts_with("group:")) return is_name(text.substr(6));
  constexpr std::string_view kModes[] = {"tenant", "user", "request", "shared"};
  return std::ranges::find(kModes, text) != std::end(kModes);
}

template <class T>
Result<Value> bounded(const Setting& setting, std::string_view text, Result<T> value,
                      Result<T> (*parse)(std::string_view)) {
  if (!value && setting.word.empty()) return std::unexpected(value.error());
  if (!value) return fail("{}, or `{}`", value.error().message, setting.word);
  if (!setting.least.empty() && *value < *parse(setting.least)) {
    return fail("`{}` is below the least that is accepted, {}", escape(text, 64), setting.least);
  }
  if (!setting.most.empty() && *value > *parse(setting.most)) {
    return fail("`{}` is above the most that is accepted, {}", escape(text, 64), setting.most);
  }
  return *value;
}

Result<Value> text_if(bool good, const Setting& setting, Type type, std::string_view text) {
  if (good) return std::string(text);
  return fail("`{}` is not {}", escape(text, 128), accepted(setting, type));
}

Result<Value> choice(const Setting& setting, std::string_view text) {
  if (std::ranges::find(setting.choices, text) != setting.choices.end()) return std::string(text);
  const auto close = did_you_mean(text, setting.choices);
  return fail("`{}` is not {}{}", escape(text, 64), accepted(setting, Type::choice),
              close ? fmt::format("; did you mean `{}`?", *close) : "");
}

template <class T>
Result<Value> text_when(const Result<T>& parsed, std::string_view text) {
  if (!parsed) return std::unexpected(parsed.error());
  return std::string(text);
}

}  // namespace

yaml::Kind kind_of(Type type) {
  switch (type) {
    case Type::section:
    case Type::routes:
    case Type::secret:
    case Type::secret_file:
      return yaml::Kind::mapping;
    case Type::sections:
    case Type::words:
      return yaml::Kind::sequence;
    default:
      return yaml::Kind::scalar;
  }
}

std::string accepted(const Setting& setting, Type type) {
  const auto or_word = [&](std::string_view form) {
    return setting.word.empty() ? std::string(form) : fmt::format("{} or `{}`", form, setting.word);
  };
  switch (type) {
    case Type::section:
      return "a mapping { … }";
    case Type::sections:
      return "a list of mappings";
    case Type::words:
      return "a list [ … ]";
    case Type::routes:
      return "a mapping { MODEL: UPSTREAM }";
    case Type::secret:
      return "{ file: PATH }, { credential: NAME } or { env: NAME }";
    case Type::secret_file:
      return "{ file: PATH } or { credential: NAME }";
    case Type::boolean:
      return "true or false";
    case Type::count:
      if (setting.least == setting.most && !setting.least.empty())
        return std::string(setting.least);
      return or_word("a count like 20 or 100k");
    case Type::bytes:
      return "a size like 512, 8KiB or 1MiB";
    case Type::duration:
      return or_word("a duration like 500ms, 30s or 5m");
    case Type::rate:
      return "a rate like 3/s or 20/min";
    case Type::choice:
      return fmt::format("{}{}", setting.choices.size() > 1 ? "one of " : "",
                         fmt::join(setting.choices, ", "));
    case Type::name:
      return "a name: letters, digits, `.`, `_` and `-`, at most 63";
    case Type::model_name:
      return "a model name: letters, digits and `._:/@+-`, at most 128, no empty or dot segment";
    case Type::served_name:
      return "a served model name: printable, without spaces, at most 256";
    case Type::version:
      return "a vLLM version like 0.10.2 or 0.6.3.post1";
    case Type::path:
      return "a path";
    case Type::address:
      return "an address like 127.0.0.1:8443 or unix:/run/gatehouse.sock";
    case Type::url:
      return "a url like http://127.0.0.1:8000 or unix:/run/vllm.sock";
    case Type::network:
      return "a network like 10.0.0.0/8, or `unix`";
    case Type::cache:
      return "one of tenant, user, request, group:NAME, shared";
    case Type::log_target:
      return "stdout, stderr, none or a path with a `/`";
  }
  return {};
}

Result<Value> parse_value(const Setting& setting, Type type, std::string_view text) {
  if (!setting.word.empty() && text == setting.word) return std::monostate{};
  switch (type) {
    case Type::boolean:
      if (text == "true" || text == "false") return text == "true";
      return fail("`{}` is not true or false", escape(text, 64));
    case Type::count:
      return bounded(setting, text, parse_count(text), parse_count);
    case Type::bytes:
      return bounded(setting, text, parse_bytes(text), parse_bytes);
    case Type::duration:
      return bounded(setting, text, parse_duration(text), parse_duration);
    case Type::rate: {
      const auto rate = parse_rate(text);
      if (!rate) return std::unexpected(rate.error());
      return *rate;
    }
    case Type::choice:
      return choice(setting, text);
    case Type::name:
      return text_if(is_name(text), setting, type, text);
    case Type::model_name:
      return text_if(is_model_name(text), setting, type, text);
    case Type::served_name:
      return text_if(is_served_name(text), setting, type, text);
    case Type::version:
      return text_if(vllm::parse_version(text).has_value(), setting, type, text);
    case Type::path:
      return text_if(!text.empty() && text.find('\0') == text.npos, setting, type, text);
    case Type::address:
      return text_when(parse_listen_address(text), text);
    case Type::url:
      return text_when(parse_upstream_url(text), text);
    case Type::network:
      if (text == "unix") return std::string(text);
      return text_when(parse_cidr(text), text);
    case Type::cache:
      return text_if(is_cache_mode(text), setting, type, text);
    case Type::log_target:
      return text_if(text == "stdout" || text == "stderr" || text == "none" ||
                         (text.find('/') != text.npos && text.find('\0') == text.npos),
                     setting, type, text);
    case Type::section:
    case Type::sections:
    case Type::words:
    case Type::routes:
    case Type::secret:
    case Type::secret_file:
      break;
  }
  return fail("not {}", accepted(setting, type));
}

Result<Value> parse_value(const Setting& setting, Type type, const yaml::Node& scalar) {
  const bool bare = type == Type::count || type == Type::boolean;
  if (bare && !scalar.plain && scalar.text != setting.word) {
    return fail("\"{}\" in quotes is a text; write it without", escape(scalar.text, 64));
  }
  return parse_value(setting, type, scalar.text);
}

}  // namespace gh::policy
