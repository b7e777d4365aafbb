#include "http/h2_head.h"

#include <algorithm>

#include "base/text.h"
#include "http/framing.h"
#include "http/grammar.h"

namespace gh::http {
namespace {

bool is_lower_token(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return grammar::token_lower(c) == c && c != 0; });
}

}  // namespace

void H2Head::refuse(Glitch glitch) {
  if (!glitch_) glitch_ = glitch;
}

void H2Head::add(std::string_view name, std::string_view value) {
  seen_ += name.size() + value.size();
  if (glitch_) return;
  if (const auto glitch = check(name, value)) return refuse(*glitch);
  if (!name.starts_with(':')) {
    entries_[count_++] = keep(name, value);
    return;
  }
  constexpr std::array<std::string_view, pseudo_count> kNames = {":method", ":scheme", ":path",
                                                                 ":authority"};
  const auto known = std::ranges::find(kNames, name);
  if (known == kNames.end() || count_ > 0) return refuse(Glitch::h2_protocol);
  auto& entry = pseudo_[static_cast<std::size_t>(known - kNames.begin())];
  if (entry) return refuse(Glitch::h2_protocol);
  entry = keep(name, value);
}

std::optional<Glitch> H2Head::check(std::string_view name, std::string_view value) const {
  if (seen_ > kMaxHead) return Glitch::head_too_large;
  if (name.size() + value.size() > kMaxLine) return Glitch::line_too_large;
  if (count_ == kMaxFields) return Glitch::too_many_fields;
  const std::string_view bare = name.starts_with(':') ? name.substr(1) : name;
  if (!is_lower_token(bare) || !grammar::is_field_value(value)) return Glitch::bad_field;
  return std::nullopt;
}

FieldPlace H2Head::keep(std::string_view name, std::string_view value) {
  FieldPlace entry{.name_at = static_cast<std::uint16_t>(text_.size()),
                   .name_size = static_cast<std::uint16_t>(name.size()),
                   .value_at = static_cast<std::uint16_t>(text_.size() + name.size()),
                   .value_size = static_cast<std::uint16_t>(value.size())};
  text_.append(name);
  text_.append(value);
  return entry;
}

std::string_view H2Head::pseudo(Pseudo which) const {
  const auto& entry = pseudo_[which];
  return entry ? entry->in(text_.view()).value : std::string_view();
}

std::optional<Glitch> H2Head::finish(bool end_stream) {
  if (glitch_) return glitch_;
  if (pseudo(method) == "CONNECT") return Glitch::connect;
  const auto known = grammar::parse_method(pseudo(method));
  if (!known) return Glitch::bad_method;
  if (pseudo(scheme) != "https" && pseudo(scheme) != "http") return Glitch::h2_protocol;
  const auto target = grammar::parse_target(pseudo(path));
  if (!target) return Glitch::bad_target;
  head_.method = *known;
  head_.target = target->path;
  head_.query = target->query;
  return read_fields(end_stream);
}

std::optional<Glitch> H2Head::read_fields(bool end_stream) {
  const std::string_view text = text_.view();
  for (std::size_t i = 0; i < count_; ++i) fields_[i] = entries_[i].in(text);
  const std::span<Field> fields(fields_.data(), count_);
  Framing framing;
  if (const auto glitch = read_framing(fields, framing)) return glitch;
  if (framing.connection_fields > 0) return Glitch::h2_protocol;

  head_.authority = pseudo(authority);
  if (!pseudo_[authority]) {
    if (!framing.host) return Glitch::bad_host;
    head_.authority = *framing.host;
  } else if (!grammar::is_authority(head_.authority)) {
    return Glitch::bad_host;
  } else if (framing.host && !equals_ignoring_case(*framing.host, head_.authority)) {
    return Glitch::h2_authority;
  }
  head_.fields = fields.first(framing.kept);
  head_.has_body = !end_stream;
  head_.content_length = framing.content_length;
  if (end_stream) {
    if (framing.content_length.value_or(0) != 0) return Glitch::bad_length;
    head_.content_length = 0;
  }
  head_.expects_continue = framing.expects_continue && head_.has_body;
  head_.content_encoded = framing.content_encoded;
  if (head_.has_body && grammar::never_has_body(head_.method)) return Glitch::bad_length;
  return std::nullopt;
}

}  // namespace gh::http
