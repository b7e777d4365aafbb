#include "simulator/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace gh::simulator {
namespace {

constexpr std::string_view kMark = "sim:fault=";
constexpr std::uint64_t kLargest = 256 << 20;

struct Known {
  std::string_view name;
  Fault::Kind kind;
  // Separated by spaces: `key` holds a number, `key:*` any text, `key:a|b` one of these.
  std::string_view keys;
};
constexpr Known kKnown[] = {
    {"late", Fault::Kind::late, "ms"},
    {"cut_after", Fault::Kind::cut_after, "n how:fin|rst ms"},
    {"huge_event", Fault::Kind::huge_event, "bytes"},
    {"huge_body", Fault::Kind::huge_body, "bytes"},
    {"huge_head", Fault::Kind::huge_head, "bytes"},
    {"invalid_json", Fault::Kind::invalid_json,
     "kind:truncated|utf8|duplicate|array|nan|trailing|null|empty|"
     "surrogate"},
    {"invalid_sse", Fault::Kind::invalid_sse, "kind:garbage|field|nul|empty|html|crlf"},
    {"invalid_head", Fault::Kind::invalid_head,
     "kind:status|version|garbage|field|name_space|fold|nul|bare_lf|"
     "bare_cr|two_lengths|length_list|negative_length|plus_length|"
     "huge_length|length_and_chunked|gzip_chunked|content_encoding|"
     "upgrade|no_content"},
    {"lying_usage", Fault::Kind::lying_usage, "kind:falling|negative|huge|text|real|null"},
    {"no_usage", Fault::Kind::no_usage, ""},
    {"wrong_content_type", Fault::Kind::wrong_content_type, "type:*"},
    {"status", Fault::Kind::status, "code shape:openai|flat|bare|detail|text|html|empty"},
    {"error_event", Fault::Kind::error_event, "after code"},
    {"no_done", Fault::Kind::no_done, ""},
    {"extra_bytes", Fault::Kind::extra_bytes, "kind:response|garbage|newline"},
    {"short_body", Fault::Kind::short_body, "by"},
    {"one_oh", Fault::Kind::one_oh, ""},
    {"chunk_garbage", Fault::Kind::chunk_garbage,
     "kind:size|negative|overflow|huge|prefix|no_crlf|bare_lf|"
     "extension|empty_size"},
    {"trailers", Fault::Kind::trailers, ""},
    {"slow_drip", Fault::Kind::slow_drip, "ms bytes"},
    {"keepalive_comments", Fault::Kind::keepalive_comments, "n ms"},
    {"interim", Fault::Kind::interim, "code"},
    {"split", Fault::Kind::split, "bytes"},
    {"tool_call", Fault::Kind::tool_call, "name:*"},
    {"stop", Fault::Kind::stop, "n"},
    {"echo", Fault::Kind::echo, ""},
    {"hang", Fault::Kind::hang, ""},
};

bool is_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return stop == text.data() + text.size() && error != std::errc::invalid_argument;
}

// The name of one of Known::keys, and what follows it.
std::pair<std::string_view, std::string_view> parts_of(std::string_view key) {
  const std::size_t colon = std::min(key.find(':'), key.size());
  return {key.substr(0, colon), key.substr(std::min(colon + 1, key.size()))};
}

bool is_choice(std::string_view choices, std::string_view value) {
  if (choices.empty()) return is_number(value);
  const auto known = split(choices, '|');
  return choices == "*" || std::ranges::find(known, value) != known.end();
}

}  // namespace

Expected<std::optional<Fault>> Fault::parse(std::string_view text) {
  if (!text.starts_with(kMark)) return std::nullopt;
  text.remove_prefix(kMark.size());
  text = text.substr(0, text.find_first_of(" \t\r\n"));
  const auto parts = split(text, ',');
  const auto known = std::ranges::find(kKnown, parts.front(), &Known::name);
  if (known == std::end(kKnown)) {
    return refuse(fmt::format("simulator: no fault is called {}", escape(parts.front())));
  }
  Fault fault;
  fault.kind_ = known->kind;
  const auto keys = gh::split(known->keys, ' ');
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto equals = std::min(parts[i].find('='), parts[i].size());
    const auto key = parts[i].substr(0, equals);
    const auto value = parts[i].substr(std::min(equals + 1, parts[i].size()));
    const auto named = [&](std::string_view one) { return parts_of(one).first == key; };
    const auto asked = std::ranges::find_if(keys, named);
    if (key.empty() || asked == keys.end()) {
      return refuse(fmt::format("simulator: {} has no parameter {}", known->name, escape(key)));
    }
    if (!is_choice(parts_of(*asked).second, value)) {
      return refuse(
          fmt::format("simulator: the {} of {} cannot be {}", key, known->name, escape(value)));
    }
    fault.parameters_.emplace(key, value);
  }
  return fault;
}

std::uint64_t Fault::number(std::string_view key, std::uint64_t otherwise) const {
  const auto it = parameters_.find(key);
  if (it == parameters_.end()) return otherwise;
  std::uint64_t value = kLargest;  // stays when it is more than 64 bits
  std::from_chars(it->second.data(), it->second.data() + it->second.size(), value);
  return std::min(value, kLargest);
}

std::string_view Fault::text(std::string_view key, std::string_view otherwise) const {
  const auto it = parameters_.find(key);
  return it == parameters_.end() ? otherwise : std::string_view(it->second);
}

Duration Fault::milliseconds(std::string_view key, std::uint64_t otherwise) const {
  return std::chrono::milliseconds(number(key, otherwise));
}

}  // namespace gh::simulator
