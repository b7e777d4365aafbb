#include "signing/terms.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gh::signing {
namespace {

using json::Value;

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kEnd = INT64_MAX / 1'000'000'000;  // in the year 2262

std::optional<WallTime> moment(Value value) {
  const auto seconds = value.is_integer() ? value.int64() : std::nullopt;
  if (!seconds || *seconds < 0 || *seconds >= kEnd) return std::nullopt;
  return WallTime{*seconds * 1'000'000'000};
}

Result<> read_field(std::string_view key, Value value, Terms& terms) {
  if (key == "version") {
    if (value.is_integer() && value.int64() == kVersion) return {};
    return fail("its terms are of a version that is not known here");
  }
  if (key == "role") {
    terms.role = role_from(value.is_string() ? value.string() : "");
    return terms.role ? Result<>() : fail("its terms have an unknown role");
  }
  if (key == "not_before" || key == "expires") {
    const auto at = moment(value);
    if (!at) return fail("its terms have a time that is none");
    if (key == "expires") {
      terms.expires = at;
    } else {
      terms.not_before = *at;
    }
    return {};
  }
  if (key == "base_digest") {
    if (!value.is_string() || !is_root_digest(value.string())) {
      return fail("its terms have a base digest that is none");
    }
    terms.base_digest = value.string();
    return {};
  }
  if (key == "empty_files") {
    if (!value.is_array()) return fail("its terms have `empty_files` that are no list");
    for (const Value path : value.elements()) {
      if (!path.is_string()) return fail("its terms have an empty file without a name");
      terms.empty_files.emplace_back(path.string());
    }
    return {};
  }
  return fail("its terms have a field `{}` that is not known here", escape(key, 64));
}

}  // namespace

bool is_root_digest(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

Result<Terms> read_terms(Value value) {
  if (!value["version"].exists() || !value["not_before"].exists()) {
    return fail("its terms lack `version` or `not_before`");
  }
  Terms terms;
  for (const auto [key, member] : value.members()) {
    if (const Result<> read = read_field(key, member, terms); !read) {
      return std::unexpected(read.error());
    }
  }
  return terms;
}

void write_terms(const Terms& terms, json::Writer& out) {
  out.begin_object().member("version", kVersion);
  if (terms.role) out.member("role", name(*terms.role));
  out.member("not_before", terms.not_before.seconds());
  if (terms.expires) out.member("expires", terms.expires->seconds());
  if (!terms.base_digest.empty()) out.member("base_digest", terms.base_digest);
  if (!terms.empty_files.empty()) {
    out.key("empty_files").begin_array();
    for (const std::string& path : terms.empty_files) out.string(path);
    out.end_array();
  }
  out.end_object();
}

std::vector<Reason> check_terms(const Manifest& manifest, const Expected& expected, WallTime now) {
  std::vector<Reason> reasons;
  const auto refuse = [&reasons](const Rule& rule, std::string message) {
    reasons.push_back({&rule, std::move(message), ""});
  };
  const Terms terms = manifest.terms.value_or(Terms{});
  if (terms.expires && now >= *terms.expires) {
    refuse(kExpired, fmt::format("it ended at {}", rfc3339(*terms.expires)));
  }
  if (now + kClockSkew < terms.not_before) {
    refuse(kNotYet, fmt::format("it begins at {}", rfc3339(terms.not_before)));
  }
  if (expected.role && terms.role != expected.role) {
    refuse(kRole, fmt::format("expected `{}`, it says {}", name(*expected.role),
                              terms.role ? fmt::format("`{}`", name(*terms.role)) : "no role"));
  }
  if (!expected.name.empty() && manifest.name != expected.name) {
    refuse(kModelName, fmt::format("expected `{}`, it says `{}`", escape(expected.name),
                                   escape(manifest.name)));
  }
  if (!expected.base_digest.empty() && terms.base_digest != expected.base_digest) {
    refuse(kBase, fmt::format("expected {}, it says {}", expected.base_digest,
                              terms.base_digest.empty() ? "no base" : terms.base_digest));
  }
  return reasons;
}

}  // namespace gh::signing
