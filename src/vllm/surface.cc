#include "vllm/surface.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "vllm/data_file.h"

namespace gh::vllm {
namespace {

using Names = std::vector<std::string_view>;

// The last version before the V1 engine became the default, and with it prefix caching.
constexpr Version kLastWithoutPrefixCaching{0, 7, 3};
// The first version with a schema in `response_format`: 0.5.5's class has two types, 0.6.0's three.
constexpr Version kTakesJsonSchema{0, 6, 0};
// The first version that ignores unknown fields.
constexpr Version kIgnoresUnknownFields{0, 6, 5};
// The oldest that was seen to do so; when it began is not known.
constexpr Version kCutsOutput{0, 32, 0};

// The lines of a `name<TAB>value` file.
std::vector<std::pair<std::string_view, std::string_view>> rows(std::string_view text) {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  for (std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto tab = line.find('\t');
    GH_CHECK(tab != std::string_view::npos);
    out.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return out;
}

// The versions with a folder in data/vllm/fields, oldest first.
const std::vector<Version>& tables() {
  static const std::vector<Version> versions = [] {
    constexpr std::string_view kFolder = "vllm/fields/";
    std::vector<Version> out;
    for (const DataFile& file : data_files()) {
      if (!file.path.starts_with(kFolder)) continue;
      const auto rest = file.path.substr(kFolder.size());
      const auto version = parse_version(rest.substr(0, rest.find('/')));
      GH_CHECK(version.has_value());
      if (out.empty() || out.back() != *version) out.push_back(*version);
    }
    std::ranges::sort(out);
    GH_CHECK(!out.empty());
    return out;
  }();
  return versions;
}

// Sorted names of one table; empty when that version has none.
Names table(Version version, std::string_view what) {
  Names names;
  for (const auto& [field, value] :
       rows(data_text(fmt::format("vllm/fields/{}/{}.txt", version.text(), what)))) {
    names.push_back(field);
  }
  std::ranges::sort(names);
  return names;
}

bool contains(const Names& names, std::string_view name) {
  return std::ranges::binary_search(names, name);
}

// The tables on both sides of a version; the same one twice when it has its own.
struct Neighbours {
  Version older;
  Version newer;

  // Names that both have, sorted.
  Names common(std::string_view what) const {
    Names names = table(older, what);
    if (older == newer) return names;
    Names both;
    std::ranges::set_intersection(names, table(newer, what), std::back_inserter(both));
    return both;
  }
};

Result<ResponseShape> response(std::string_view file, Version version) {
  auto shape = parse_response_shape(data_text(fmt::format("vllm/responses/{}.txt", file)), version);
  if (!shape) return fail("data/vllm/responses/{}.txt: {}", file, shape.error().message);
  return shape;
}

std::vector<IgnoredField> read_ignored(Endpoint endpoint) {
  std::vector<IgnoredField> fields;
  for (const auto& [field, type] :
       rows(data_text(fmt::format("openai/ignored/{}.txt", name(endpoint))))) {
    fields.push_back({field, type});
  }
  std::ranges::sort(fields, {}, &IgnoredField::name);
  return fields;
}

}  // namespace

std::string_view name(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::chat:
      return "chat";
    case Endpoint::completions:
      return "completions";
    case Endpoint::embeddings:
      return "embeddings";
  }
  return {};
}

std::string_view path(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::chat:
      return "/v1/chat/completions";
    case Endpoint::completions:
      return "/v1/completions";
    case Endpoint::embeddings:
      return "/v1/embeddings";
  }
  return {};
}

bool Surface::has(Endpoint endpoint, std::string_view field) const {
  return contains(request_fields[std::to_underlying(endpoint)], field);
}

Version oldest_known() {
  return tables().front();
}
Version newest_known() {
  return tables().back();
}

Result<Surface> surface(Version version, bool accept_newer) {
  if (version < oldest_known()) {
    return fail("vLLM {} is older than {}, the oldest version that is known", version.text(),
                oldest_known().text());
  }
  if (version > newest_known() && !accept_newer) {
    return fail("vLLM {} is newer than {}, the newest version that is known", version.text(),
                newest_known().text());
  }
  // The first table not older than the version, and the one before it.
  auto newer = std::ranges::lower_bound(tables(), version);
  if (newer == tables().end()) --newer;
  const bool between = version < *newer;
  const Neighbours tables_around{between ? *std::prev(newer) : *newer, *newer};

  Surface out;
  out.version = version;
  for (Endpoint endpoint : kEndpoints) {
    const auto i = std::to_underlying(endpoint);
    out.request_fields[i] = tables_around.common(name(endpoint));
    out.cache_salt[i] = out.has(endpoint, "cache_salt");
    auto body = response(name(endpoint), version);
    if (!body) return std::unexpected(body.error());
    out.body[i] = *std::move(body);
    if (endpoint == Endpoint::embeddings) continue;
    auto event = response(fmt::format("{}_chunk", name(endpoint)), version);
    if (!event) return std::unexpected(event.error());
    out.event[i] = *std::move(event);
  }
  const Names stream_options = tables_around.common("stream_options");
  out.stream_options = contains(stream_options, "include_usage") &&
                       out.has(Endpoint::chat, "stream_options") &&
                       out.has(Endpoint::completions, "stream_options");
  out.continuous_usage = out.stream_options && contains(stream_options, "continuous_usage_stats");
  out.max_completion_tokens = out.has(Endpoint::chat, "max_completion_tokens");
  out.json_schema = version >= kTakesJsonSchema;
  out.structured_outputs_fields = tables_around.common("structured_outputs");
  out.strict_tools = contains(tables_around.common("function"), "strict");
  out.tokenize_chat_fields = tables_around.common("tokenize_chat");
  out.tokenize = contains(tables_around.common("tokenize"), "prompt");
  out.tokenize_chat = contains(out.tokenize_chat_fields, "messages");
  out.prefix_caching_default = version > kLastWithoutPrefixCaching;
  out.cuts_output = version >= kCutsOutput;
  out.refuses_unknown_fields = version < kIgnoresUnknownFields;
  return out;
}

const std::vector<IgnoredField>& ignored_fields(Endpoint endpoint) {
  static const std::array<std::vector<IgnoredField>, std::size(kEndpoints)> fields{
      read_ignored(Endpoint::chat), read_ignored(Endpoint::completions),
      read_ignored(Endpoint::embeddings)};
  return fields[std::to_underlying(endpoint)];
}

}  // namespace gh::vllm
