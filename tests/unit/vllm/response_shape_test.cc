#include "vllm/response_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.h"
#include "vllm/surface.h"

namespace gh::vllm {
namespace {

using json::Type;
using testing::HasSubstr;

const ResponseShape* find(const ResponseShape& shape, std::string_view name) {
  std::size_t next = 0;
  return shape.find(name, next);
}

// The node at "choices[].message.content", null when there is none; "[]" must agree.
const ResponseShape* at(const ResponseShape& root, std::string_view path) {
  const ResponseShape* node = &root;
  for (std::string_view name : split(path, '.')) {
    const bool array = name.ends_with("[]");
    if (array) name.remove_suffix(2);
    node = find(*node, name);
    if (node == nullptr || node->array != array) return nullptr;
  }
  return node;
}

Version version(std::string_view text) {
  const auto parsed = parse_version(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(Version{});
}

ResponseShape parse(std::string_view text, std::string_view release = "0.33.0") {
  auto shape = parse_response_shape(text, version(release));
  EXPECT_TRUE(shape.has_value()) << (shape ? "" : shape.error().message);
  return shape.value_or(ResponseShape{});
}

TEST(ResponseShapeTest, ReadsPathsIntoATree) {
  const ResponseShape shape = parse(
      "# a comment\n"
      "id string\n"
      "\n"
      "choices[].message.content\ttext\n"
      "choices[].tokens[]   integer\n"
      "usage usage\n"
      "usage.total integer\n"
      "map.* number");
  ASSERT_EQ(shape.members.size(), 4u);
  EXPECT_EQ(shape.kind, Kind::object);
  EXPECT_EQ(shape.members[0].name, "id") << "in the order of the file";
  EXPECT_EQ(at(shape, "choices[]")->kind, Kind::object);
  EXPECT_EQ(at(shape, "choices[].message.content")->kind, Kind::text);
  EXPECT_EQ(at(shape, "choices[].tokens[]")->kind, Kind::integer);
  EXPECT_EQ(at(shape, "usage")->kind, Kind::usage);
  EXPECT_EQ(at(shape, "usage.total")->kind, Kind::integer);
  EXPECT_EQ(find(*at(shape, "map"), "anything at all")->kind, Kind::number);
}

TEST(ResponseShapeTest, HasKeysReadyToWrite) {
  const ResponseShape shape = parse("id string\nodd\"name string\nmap.* number");
  EXPECT_EQ(at(shape, "id")->quoted, R"("id":)");
  EXPECT_EQ(at(shape, "odd\"name")->quoted, R"("odd\"name":)");
  EXPECT_EQ(find(*at(shape, "map"), "x")->quoted, "") << "it has no name of its own";
}

TEST(ResponseShapeTest, KnowsWhatIsNeverNull) {
  const ResponseShape shape = parse(
      "a string\nb string!\nc[] number\nd[] number!\ne[].x string\nf.x string\ng[].* number!");
  for (std::string_view path : {"a", "c[]", "f", "g[]"}) {
    EXPECT_TRUE(at(shape, path)->accepts(Type::null)) << path;
  }
  for (std::string_view path : {"b", "d[]", "e[]"}) {
    EXPECT_FALSE(at(shape, path)->accepts(Type::null)) << path;
  }
  EXPECT_FALSE(find(*at(shape, "g[]"), "any")->accepts(Type::null));
}

TEST(ResponseShapeTest, KnowsTheBoundsOfNaturalNumbers) {
  const ResponseShape shape = parse("a byte\nb index!\nc[] count!\nd integer");
  EXPECT_EQ(at(shape, "a")->most, 255);
  EXPECT_EQ(at(shape, "b")->most, 65'535);
  EXPECT_EQ(at(shape, "c[]")->most, 9'007'199'254'740'991);
  for (std::string_view path : {"a", "b", "c[]"}) EXPECT_EQ(at(shape, path)->kind, Kind::natural);
  EXPECT_EQ(at(shape, "d")->kind, Kind::integer);
}

TEST(ResponseShapeTest, KnowsThePartsThatTheGatewayReads) {
  const ResponseShape shape = parse(
      "id string\nobject string\nchoices[].index integer\nchoices[].message.role string\n"
      "choices[].finish_reason string\nchoices[].logprobs.x string\ncreated integer\n");
  EXPECT_EQ(at(shape, "id")->part, Part::id);
  EXPECT_EQ(at(shape, "object")->part, Part::object);
  EXPECT_EQ(at(shape, "choices[]")->part, Part::entries);
  EXPECT_EQ(at(shape, "choices[].index")->part, Part::index);
  EXPECT_EQ(at(shape, "choices[].message")->part, Part::content);
  EXPECT_EQ(at(shape, "choices[].message.role")->part, Part::role);
  EXPECT_EQ(at(shape, "choices[].finish_reason")->part, Part::finish_reason);
  EXPECT_EQ(at(shape, "choices[].logprobs")->part, Part::logprobs);
  EXPECT_EQ(at(shape, "created")->part, Part::other);
}

TEST(ResponseShapeTest, FindsExactNamesOnly) {
  const ResponseShape shape = parse("id string\nchoices[].text text\n");
  for (std::string_view name : {"", "i", "idd", "ID", "id ", "*", "choices[]", "choices.text"}) {
    EXPECT_EQ(find(shape, name), nullptr) << name;
  }
  EXPECT_EQ(find(shape, std::string_view("id\0", 3)), nullptr);
  EXPECT_EQ(find(shape.members[0], "id"), nullptr) << "a leaf has no members";
  EXPECT_EQ(find(ResponseShape{}, "id"), nullptr) << "nothing is listed: nothing passes";
}

TEST(ResponseShapeTest, FindsInAnyOrderFromAnyPlace) {
  const ResponseShape shape = parse("a string\nb string\nc string\n");
  for (const std::size_t start : {0u, 1u, 2u, 3u, 99u}) {
    for (std::string_view name : {"a", "b", "c"}) {
      std::size_t next = start;
      ASSERT_NE(shape.find(name, next), nullptr) << name << " from " << start;
      EXPECT_EQ(shape.find(name, next)->name, name) << "again, from after it";
    }
    std::size_t next = start;
    EXPECT_EQ(shape.find("d", next), nullptr);
  }
}

TEST(ResponseShapeTest, ListsWhatTheReleaseHas) {
  constexpr std::string_view kText =
      "a string\nb string 0.9.0..\nc string\t0.7.1..0.15.1\nd.x drop 0.9.0..0.9.0\n"
      "d.y string 0.10.0..\nb text 0.1.0..0.8.5\n";
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"0.6.0", "a b"},          {"0.7.1rc1", "a b"},   {"0.7.1", "a c b"},
      {"0.9.0rc2", "a c"},       {"0.9.0", "a b c d"},  {"0.9.0.1", "a b c"},
      {"0.9.0.post1", "a b c"},  {"0.10.0", "a b c d"}, {"0.15.1", "a b c d"},
      {"0.15.1.post1", "a b d"}, {"0.33.0", "a b d"},   {"99.0.0", "a b d"},
  };
  for (const auto& [release, names] : cases) {
    std::string listed;
    for (const ResponseShape& member : parse(kText, release).members) {
      listed.append(listed.empty() ? "" : " ").append(member.name);
    }
    EXPECT_EQ(listed, names) << release;
  }
  EXPECT_EQ(at(parse(kText, "0.8.0"), "b")->kind, Kind::text) << "another kind before";
  EXPECT_EQ(at(parse(kText, "0.9.0"), "d.y"), nullptr);
}

TEST(ResponseShapeTest, RefusesAMalformedFile) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"id", "line 1: a path without a kind"},
      {"id string\nmodel", "line 2: a path without a kind"},
      {"id string text", "no range of versions"},
      {"id string 0.9.0", "no range of versions"},
      {"id string ..", "no range of versions"},
      {"id string ..0.9.0", "no range of versions"},
      {"id string 0.9.0...", "no range of versions"},
      {"id string 0.9.0..x", "no range of versions"},
      {"id string 0.9.0 ..", "no range of versions"},
      {"id string 0.9.0.. 0.10.0", "no range of versions"},
      {"id string 0.10.0..0.9.0", "no range of versions"},
      {"model x\nid strings 0.9.0..", "line 1: unknown kind"},
      {"id strings 0.1.0..0.2.0", "unknown kind"},
      {"id strings", "unknown kind"},
      {"id object", "unknown kind"},
      {"id String", "unknown kind"},
      {"id !", "unknown kind"},
      {"id string!!", "unknown kind"},
      {"id string !", "no range of versions"},
      {".id string", "malformed"},
      {"id. string", "malformed"},
      {"a..b string", "malformed"},
      {"[] string", "malformed"},
      {"a[][] string", "malformed"},
      {"a[0] string", "malformed"},
      {"a].b string", "malformed"},
      {"id string\nid string", "line 2: malformed"},
      {"id string\nid[] string", "line 2: malformed"},
      {"id string\nid.x string", "line 2: malformed"},
      {"a.b string\na string", "line 2: malformed"},
      {"a[].b string\na.c string", "line 2: malformed"},
      {"a drop\na.b string", "line 2: malformed"},
      {"a.* number\na.b number", "line 2: malformed"},
      {"a.b number\na.* number", "line 2: malformed"},
  };
  for (const auto& [text, message] : cases) {
    const auto shape = parse_response_shape(text, version("0.33.0"));
    ASSERT_FALSE(shape.has_value()) << text;
    EXPECT_THAT(shape.error().message, HasSubstr(message)) << text;
  }
}

TEST(ResponseShapeTest, AcceptsTheTypesOfItsKind) {
  constexpr Type kTypes[] = {Type::boolean, Type::integer, Type::unsigned_integer,
                             Type::real,    Type::string,  Type::array,
                             Type::object};
  const std::pair<Kind, std::vector<Type>> cases[] = {
      {Kind::object, {Type::object}},
      {Kind::usage, {Type::object}},
      {Kind::text, {Type::string}},
      {Kind::model, {Type::string}},
      {Kind::string, {Type::string}},
      {Kind::integer, {Type::integer, Type::unsigned_integer}},
      {Kind::natural, {Type::integer, Type::unsigned_integer}},
      {Kind::number, {Type::integer, Type::unsigned_integer, Type::real}},
      {Kind::string_or_integer, {Type::integer, Type::unsigned_integer, Type::string}},
      {Kind::embedding, {Type::string, Type::array}},
      {Kind::drop, {std::begin(kTypes), std::end(kTypes)}},
  };
  for (const auto& [kind, accepted] : cases) {
    ResponseShape shape;
    shape.kind = kind;
    EXPECT_TRUE(shape.accepts(Type::null));
    for (Type type : kTypes) {
      EXPECT_EQ(shape.accepts(type), std::ranges::find(accepted, type) != accepted.end())
          << static_cast<int>(kind) << " " << json::name(type);
    }
  }
}

// What must never reach a client, in whichever answer and at whichever depth.
TEST(ResponseShapeTest, WithholdsWhatTellsOnTheServerOrItsTenants) {
  const Surface now = *surface(newest_known());
  const ResponseShape* shapes[] = {&now.body[0], &now.body[1], &now.body[2], &now.event[0],
                                   &now.event[1]};
  const std::string_view withheld[] = {"prompt_tokens_details",
                                       "cached_tokens",
                                       "created_cache_tokens",
                                       "system_fingerprint",
                                       "kv_transfer_params",
                                       "prompt_logprobs",
                                       "prompt_token_ids",
                                       "token_ids",
                                       "routed_experts",
                                       "metrics",
                                       "prompt_text",
                                       "ec_transfer_params",
                                       "service_tier",
                                       "weight_version",
                                       "mm_kwargs"};
  const auto check = [&](const auto& self, const ResponseShape& shape) -> void {
    if (find(shape, "*") != nullptr) return;  // names there are the model's words
    for (std::string_view name : withheld) {
      const ResponseShape* field = find(shape, name);
      EXPECT_TRUE(field == nullptr || field->kind == Kind::drop) << shape.name << "." << name;
    }
    for (const ResponseShape& member : shape.members) self(self, member);
  };
  for (const ResponseShape* shape : shapes) {
    EXPECT_FALSE(shape->members.empty());
    check(check, *shape);
  }
  EXPECT_TRUE(now.event[2].members.empty()) << "embeddings have no stream";
}

TEST(ResponseShapeTest, PassesWhatClientsNeed) {
  const Surface now = *surface(newest_known());
  const std::tuple<const ResponseShape&, std::string_view, Kind> cases[] = {
      {now.body[0], "model", Kind::model},
      {now.body[0], "choices[].message.content", Kind::text},
      {now.body[0], "choices[].message.reasoning", Kind::text},
      {now.body[0], "choices[].message.tool_calls[].function.arguments", Kind::text},
      {now.body[0], "choices[].finish_reason", Kind::string},
      {now.body[0], "choices[].logprobs.content[].top_logprobs[].logprob", Kind::number},
      {now.body[0], "usage", Kind::usage},
      {now.body[0], "usage.prompt_tokens", Kind::integer},
      {now.event[0], "choices[].delta.content", Kind::text},
      {now.event[0], "choices[].delta.tool_calls[].index", Kind::natural},
      {now.event[0], "choices[].delta.tool_calls[].function.arguments", Kind::text},
      {now.event[0], "usage.completion_tokens", Kind::integer},
      {now.body[1], "choices[].text", Kind::text},
      {now.body[1], "choices[].logprobs.top_logprobs[].a token", Kind::number},
      {now.event[1], "choices[].text", Kind::text},
      {now.event[1], "usage.total_tokens", Kind::integer},
      {now.body[2], "data[].embedding", Kind::embedding},
      {now.body[2], "usage.prompt_tokens", Kind::integer},
  };
  for (const auto& [shape, path, kind] : cases) {
    const ResponseShape* field = at(shape, path);
    ASSERT_NE(field, nullptr) << path;
    EXPECT_EQ(field->kind, kind) << path;
  }
}

// The first and last release with a field, as their response classes say.
TEST(ResponseShapeTest, FollowsTheReleases) {
  struct Case {
    bool event;
    Endpoint endpoint;
    std::string_view path, first, before, last, after;  // `after` empty: still there
  };
  constexpr auto kChat = Endpoint::chat;
  constexpr auto kText = Endpoint::completions;
  constexpr auto kVector = Endpoint::embeddings;
  const Case cases[] = {
      {false, kChat, "choices[].message.content", "0.4.3", "", "0.33.0", ""},
      {false, kChat, "choices[].message.tool_calls[].id", "0.5.0", "0.4.3", "0.33.0", ""},
      {true, kChat, "choices[].delta.tool_calls[].index", "0.6.0", "0.5.5", "0.33.0", ""},
      {false, kChat, "choices[].message.reasoning_content", "0.7.1", "0.7.0", "0.15.1", "0.16.0"},
      {true, kChat, "choices[].delta.reasoning_content", "0.7.1", "0.7.0", "0.15.1", "0.16.0"},
      {false, kChat, "choices[].message.reasoning", "0.11.1", "0.11.0", "0.33.0", ""},
      {true, kChat, "choices[].delta.reasoning", "0.11.1", "0.11.0", "0.33.0", ""},
      {false, kChat, "choices[].message.refusal", "0.10.0", "0.9.2", "0.33.0", ""},
      {false, kChat, "choices[].weight_versions", "0.33.0", "0.32.0", "0.33.0", ""},
      {true, kText, "system_fingerprint", "0.21.0", "0.20.2", "0.33.0", ""},
      {false, kText, "system_fingerprint", "0.10.0", "0.9.2", "0.33.0", ""},
      {false, kText, "prompt_routed_experts", "0.21.0", "0.20.2", "0.21.0", "0.22.0"},
      {false, kVector, "usage.completion_tokens_details", "0.28.0", "0.27.1", "0.33.0", ""},
      {false, kVector, "data[].embedding", "0.4.3", "", "0.33.0", ""},
  };
  for (const Case& c : cases) {
    const auto has = [&](std::string_view release) {
      const Surface s = *surface(version(release));
      const auto i = std::to_underlying(c.endpoint);
      return at(c.event ? s.event[i] : s.body[i], c.path) != nullptr;
    };
    EXPECT_TRUE(has(c.first)) << c.path << " " << c.first;
    EXPECT_TRUE(has(c.last)) << c.path << " " << c.last;
    EXPECT_FALSE(!c.before.empty() && has(c.before)) << c.path << " " << c.before;
    EXPECT_FALSE(!c.after.empty() && has(c.after)) << c.path << " " << c.after;
  }
}

}  // namespace
}  // namespace gh::vllm
