#include "openai/event_template.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "json/json.h"

namespace gh::openai {
namespace {

using Hole = EventTemplate::Hole;
using What = Hole::What;

// Of an event that is worth keeping: it stays as long as its stream.
constexpr std::size_t kLongest = 2048;
// Digits of a count; any number of so many is exact in every reader.
constexpr std::size_t kMostDigits = 9;

// The keys that a text may have, each with what begins the text.
constexpr std::string_view kTextKeys[] = {R"("content":")", R"("text":")",
                                          R"("reasoning_content":")", R"("reasoning":")"};

// How many bytes at the beginning of `bytes` are one number without sign, fraction or leading zero.
std::size_t digits(std::string_view bytes) {
  std::size_t count = 0;
  while (count < bytes.size() && bytes[count] >= '0' && bytes[count] <= '9') ++count;
  return count > kMostDigits || (count > 1 && bytes[0] == '0') ? 0 : count;
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char digit : digits) value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  return value;
}

// How many bytes at the beginning of `bytes` are the inside of a string that means itself; 0 when
// they are not followed by its end.
std::size_t plain_text(std::string_view bytes) {
  const std::size_t size = json::literal_length(bytes);
  return size < bytes.size() && bytes[size] == '"' && is_utf8(bytes.substr(0, size)) ? size : 0;
}

// Where what follows `key` begins, when `key` is there once.
std::size_t after_only(std::string_view bytes, std::string_view key) {
  const std::size_t at = bytes.find(key);
  if (at == std::string_view::npos) return at;
  const std::size_t after = at + key.size();
  return bytes.find(key, after) == std::string_view::npos ? after : std::string_view::npos;
}

// Where the only text of an event begins.
std::size_t only_text(std::string_view bytes) {
  std::size_t found = std::string_view::npos;
  for (const std::string_view key : kTextKeys) {
    if (bytes.find(key) == std::string_view::npos) continue;
    const std::size_t after = after_only(bytes, key);
    if (after == std::string_view::npos || found != std::string_view::npos) {
      return std::string_view::npos;
    }
    found = after;
  }
  return found;
}

// The hole for the value of `what`; nothing when there is none, or not exactly one that can be.
std::optional<Hole> find_hole(std::string_view bytes, What what) {
  std::size_t begin = std::string_view::npos;
  switch (what) {
    case What::text:
      begin = only_text(bytes);
      break;
    case What::index:
      begin = after_only(bytes, R"("index":)");
      break;
    case What::completion_tokens:
      begin = after_only(bytes, R"("completion_tokens":)");
      break;
    case What::total_tokens:
      begin = after_only(bytes, R"("total_tokens":)");
      break;
  }
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view rest = bytes.substr(begin);
  const std::size_t size = what == What::text ? plain_text(rest) : digits(rest);
  if (size == 0 || size == rest.size()) return std::nullopt;
  if (what != What::text && rest[size] != ',' && rest[size] != '}') return std::nullopt;
  return Hole{what, static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(begin + size)};
}

std::string_view inside(std::string_view bytes, const Hole& hole) {
  return bytes.substr(hole.begin, hole.end - hole.begin);
}

}  // namespace

void EventTemplate::learn(std::string_view event, std::string_view written, Counts counts,
                          bool usage) {
  event_hole_count_ = 0;
  if (event.size() > kLongest || written.size() > kLongest) return;
  if (event.contains('\\') || written.contains('\\')) return;
  const auto index = find_hole(event, What::index);
  const auto text = find_hole(event, What::text);
  const auto written_index = find_hole(written, What::index);
  const auto written_text = find_hole(written, What::text);
  if (!index || !text || !written_index || !written_text) return;
  if (number(inside(event, *index)) != counts.index ||
      inside(event, *index) != inside(written, *written_index) ||
      inside(event, *text) != inside(written, *written_text)) {
    return;
  }
  std::size_t holes = 2;
  event_holes_ = {*index, *text};
  written_holes_ = {*written_index, *written_text};
  if (usage) {
    const auto completion = find_hole(event, What::completion_tokens);
    const auto total = find_hole(event, What::total_tokens);
    // A count of 0 may be one that was not read from here.
    if (!completion || !total || counts.completion_tokens == 0 ||
        number(inside(event, *completion)) != counts.completion_tokens ||
        counts.total_tokens == 0 || number(inside(event, *total)) != counts.total_tokens ||
        written.contains("_tokens\"")) {
      return;
    }
    event_holes_[holes++] = *completion;
    event_holes_[holes++] = *total;
  }
  const auto by_place = [](const Hole& a, const Hole& b) { return a.begin < b.begin; };
  std::sort(event_holes_.begin(), event_holes_.begin() + static_cast<std::ptrdiff_t>(holes),
            by_place);
  std::ranges::sort(written_holes_, by_place);
  event_ = event;
  written_ = written;
  event_hole_count_ = holes;
}

std::optional<EventTemplate::Counts> EventTemplate::write(std::string_view event,
                                                          std::uint64_t choices,
                                                          std::string& out) const {
  if (event_hole_count_ == 0) return std::nullopt;
  const std::string_view known = event_;
  std::string_view index;
  std::string_view text;
  Counts counts;
  std::size_t literal = 0;  // in `known`, the first byte not compared
  for (std::size_t i = 0; i < event_hole_count_; ++i) {
    const Hole& hole = event_holes_[i];
    const std::string_view before = known.substr(literal, hole.begin - literal);
    if (!event.starts_with(before)) return std::nullopt;
    event.remove_prefix(before.size());
    literal = hole.end;
    const std::size_t size = hole.what == What::text ? plain_text(event) : digits(event);
    if (size == 0) return std::nullopt;
    const std::string_view value = event.substr(0, size);
    event.remove_prefix(size);
    switch (hole.what) {
      case What::index:
        index = value;
        counts.index = static_cast<std::uint32_t>(number(value));
        break;
      case What::text:
        text = value;
        break;
      case What::completion_tokens:
        counts.completion_tokens = number(value);
        break;
      case What::total_tokens:
        counts.total_tokens = number(value);
        break;
    }
  }
  if (event != known.substr(literal) || counts.index >= choices) return std::nullopt;

  literal = 0;
  for (const Hole& hole : written_holes_) {
    out.append(written_, literal, hole.begin - literal);
    out += hole.what == What::index ? index : text;
    literal = hole.end;
  }
  out.append(written_, literal);
  return counts;
}

}  // namespace gh::openai
