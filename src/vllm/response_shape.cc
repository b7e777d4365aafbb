#include "vllm/response_shape.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace gh::vllm {
namespace {

struct KindName {
  std::string_view name;
  Kind kind;
  std::int64_t most = 0;
};

// As the files write them. `object` is missing: an object is listed by its members only.
constexpr KindName kKinds[] = {
    {"drop", Kind::drop},
    {"usage", Kind::usage},
    {"text", Kind::text},
    {"model", Kind::model},
    {"string", Kind::string},
    {"integer", Kind::integer},
    {"number", Kind::number},
    {"string_or_integer", Kind::string_or_integer},
    {"byte", Kind::natural, 255},
    {"index", Kind::natural, 65'535},
    {"count", Kind::natural, (std::int64_t{1} << 53) - 1},
    {"embedding", Kind::embedding},
};

constexpr std::pair<std::string_view, Part> kParts[] = {
    {"id", Part::id},
    {"object", Part::object},
    {"choices", Part::entries},
    {"data", Part::entries},
    {"index", Part::index},
    {"message", Part::content},
    {"delta", Part::content},
    {"text", Part::content},
    {"embedding", Part::content},
    {"logprobs", Part::logprobs},
    {"top_logprobs", Part::alternatives},
    {"finish_reason", Part::finish_reason},
    {"role", Part::role},
    {"type", Part::type},
};

Part part_of(std::string_view name) {
  const auto* at = std::ranges::find(kParts, name, &std::pair<std::string_view, Part>::first);
  return at == std::end(kParts) ? Part::other : at->second;
}

ResponseShape member_named(std::string_view name) {
  ResponseShape member;
  member.name = name;
  member.part = part_of(name);
  if (name != "*") json::Writer(member.quoted).key(name);
  return member;
}

// Null when there is none.
const KindName* find_kind(std::string_view name) {
  const auto* at = std::ranges::find(kKinds, name, &KindName::name);
  return at == std::end(kKinds) ? nullptr : at;
}

bool has_members(Kind kind) {
  return kind == Kind::object || kind == Kind::usage;
}

// Adds the field at `path` below `root`. False when the path is malformed, already there, or at
// odds with an earlier one.
bool add(ResponseShape& root, std::string_view path, const KindName& kind, bool never_null) {
  ResponseShape* parent = &root;
  const auto names = split(path, '.');
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string_view name = names[i];
    const bool array = name.ends_with("[]");
    if (array) name.remove_suffix(2);
    if (name.empty() || name.find_first_of("[]") != std::string_view::npos) return false;
    if (!has_members(parent->kind)) return false;

    const bool last = i + 1 == names.size();
    const auto at = std::ranges::find(parent->members, name, &ResponseShape::name);
    if (at == parent->members.end()) {
      // A name for anything leaves nothing to say about its neighbours.
      if (!parent->members.empty() && (name == "*" || parent->members[0].name == "*")) return false;
      parent = &parent->members.emplace_back(member_named(name));
      parent->kind = last ? kind.kind : Kind::object;
      parent->most = last ? kind.most : 0;
      parent->array = array;
      // An object among others is there, but for those of any members.
      parent->never_null = last ? never_null : array && names[i + 1] != "*";
    } else if (last || at->array != array) {
      return false;
    } else {
      parent = &*at;
    }
  }
  return true;
}

// The releases that have a field, both ends included.
struct Range {
  Version first;
  std::optional<Version> last;  // still there when nothing

  bool contains(Version version) const { return first <= version && (!last || version <= *last); }
};

// Takes the first word off a trimmed line, and the space behind it.
std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  line = trim(line.substr(word.size()));
  return word;
}

// "0.12.0.." or "0.7.1..0.15.1". Nothing for anything else.
std::optional<Range> parse_range(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto first = parse_version(text.substr(0, dots));
  if (!first) return std::nullopt;
  text.remove_prefix(dots + 2);
  if (text.empty()) return Range{*first, std::nullopt};
  const auto last = parse_version(text);
  if (!last || *last < *first) return std::nullopt;
  return Range{*first, last};
}

}  // namespace

const ResponseShape* ResponseShape::search(std::string_view key, std::size_t& next) const {
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (next >= members.size()) next = 0;
    const ResponseShape& member = members[next++];
    if (same_name(member.name, key) || member.name == "*") return &member;
  }
  return nullptr;
}

bool ResponseShape::accepts(json::Type type) const {
  if (type == json::Type::null) return !never_null;
  const bool integer = type == json::Type::integer || type == json::Type::unsigned_integer;
  switch (kind) {
    case Kind::drop:
      return true;
    case Kind::object:
    case Kind::usage:
      return type == json::Type::object;
    case Kind::text:
    case Kind::model:
    case Kind::string:
      return type == json::Type::string;
    case Kind::integer:
    case Kind::natural:
      return integer;
    case Kind::number:
      return integer || type == json::Type::real;
    case Kind::string_or_integer:
      return integer || type == json::Type::string;
    case Kind::embedding:
      return type == json::Type::string || type == json::Type::array;
  }
  return false;
}

Result<ResponseShape> parse_response_shape(std::string_view text, Version version) {
  ResponseShape root;
  int number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = trim(line);
    if (line.empty() || line.front() == '#') continue;
    const std::string_view path = take_word(line);
    std::string_view name = take_word(line);
    if (name.empty()) return fail("line {}: a path without a kind", number);
    const bool never_null = name.ends_with('!');
    if (never_null) name.remove_suffix(1);
    const KindName* kind = find_kind(name);
    if (kind == nullptr) return fail("line {}: unknown kind", number);
    if (!line.empty()) {
      const auto range = parse_range(line);
      if (!range) return fail("line {}: no range of versions", number);
      if (!range->contains(version)) continue;
    }
    if (!add(root, path, *kind, never_null)) {
      return fail("line {}: malformed, repeated or contradictory path", number);
    }
  }
  return root;
}

}  // namespace gh::vllm
