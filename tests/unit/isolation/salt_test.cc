#include "isolation/salt.h"

#include <gtest/gtest.h>

#include <set>

namespace gh::isolation {
namespace {

using Kind = policy::CacheIsolation::Kind;

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

policy::Tenant tenant(std::string name, Kind kind, std::string group = "") {
  policy::Tenant out;
  out.name = std::move(name);
  out.isolation = {kind, std::move(group)};
  return out;
}

policy::Model model(std::string served_as, std::string adapter = "") {
  policy::Model out;
  out.served_as = std::move(served_as);
  out.adapter = std::move(adapter);
  return out;
}

std::string salt(const policy::Tenant& tenant, const policy::Model& model,
                 std::string_view user = "", std::string_view key_id = "k1",
                 std::string_view salt_key = kKey) {
  SaltMaker maker(salt_key);
  return std::string(maker.salt({&tenant, user, key_id, &model}));
}

// Computed with Python: hmac over each part after its length as 8 big-endian bytes.
// covers: gateways-3-27
TEST(Salt, FixedVectors) {
  const policy::Model llama = model("org/llama");
  EXPECT_EQ(salt(tenant("alpha", Kind::tenant), llama),
            "8xINXmtS06T8o_xTZV34CjV1OE1CH-EsT4QuR3kCxzM");
  EXPECT_EQ(salt(tenant("alpha", Kind::user), llama, "ann"),
            "UdPgO3JRUv_9iJoE0h7JLzPRXDR3gJEQADrw2pwkKeo");
  EXPECT_EQ(salt(tenant("alpha", Kind::user), llama),
            "oXqpke4Ji3dWfbmMyzV4TzTNj_5B1MAsGNeTBFraK-8");
  EXPECT_EQ(salt(tenant("alpha", Kind::group, "team"), llama),
            "FQPZ6ltNpLD6bNHZg7UlU3aApIckgbCtzzfPHfA0QxM");
  EXPECT_EQ(salt(tenant("alpha", Kind::shared), llama),
            "oAj2-8WGxbOAHvIWMcuTzBqmma5LiujYR6nqBLDeg7U");
  EXPECT_EQ(salt(tenant("alpha", Kind::tenant), model("support", "support")),
            "TADxn2CMQgP_UkO_f5_0LjXOCVWxr_M4iQsUbittqgw");
}

// covers: vllm-live-8-4
TEST(Salt, HasTheFormThatEveryVersionTakes) {
  for (const Kind kind : {Kind::tenant, Kind::user, Kind::request, Kind::group, Kind::shared}) {
    const std::string one = salt(tenant("t", kind, "g"), model("m"));
    EXPECT_EQ(one.size(), 43u);
    EXPECT_EQ(one.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_"),
              std::string::npos);
  }
}

TEST(Salt, EveryTrustDomainHasItsOwn) {
  const policy::Model m = model("m");
  const std::set<std::string> salts = {
      salt(tenant("a", Kind::tenant), m),
      salt(tenant("b", Kind::tenant), m),
      salt(tenant("a", Kind::user), m, "u"),
      salt(tenant("b", Kind::user), m, "u"),
      salt(tenant("a", Kind::user), m, "v"),
      salt(tenant("a", Kind::user), m, "", "u"),  // a key that is called like a user
      salt(tenant("a", Kind::user), m, "a"),      // a user who is called like the tenant
      salt(tenant("x", Kind::group, "a"), m),     // a group that is
      salt(tenant("x", Kind::shared), m),
      salt(tenant("a", Kind::tenant), model("n")),
      salt(tenant("a", Kind::tenant), model("m", "m")),
      salt(tenant("a", Kind::tenant), m, "", "k1", "another key"),
  };
  EXPECT_EQ(salts.size(), 12u);
}

// covers: gateways-3-27
TEST(Salt, PartsDoNotRunTogether) {
  EXPECT_NE(salt(tenant("ab", Kind::user), model("m"), "c"),
            salt(tenant("a", Kind::user), model("m"), "bc"));
  EXPECT_NE(salt(tenant("a", Kind::tenant), model("mx", "")),
            salt(tenant("a", Kind::tenant), model("m", "x")));
}

TEST(Salt, IsTheSameForThoseWhoShare) {
  const policy::Model m = model("m");
  EXPECT_EQ(salt(tenant("a", Kind::tenant), m, "u", "k1"),
            salt(tenant("a", Kind::tenant), m, "v", "k2"));
  EXPECT_EQ(salt(tenant("a", Kind::group, "g"), m), salt(tenant("b", Kind::group, "g"), m));
  EXPECT_EQ(salt(tenant("a", Kind::shared), m), salt(tenant("b", Kind::shared), m));
  EXPECT_EQ(salt(tenant("a", Kind::user), m, "u", "k1"),
            salt(tenant("a", Kind::user), m, "u", "k2"));
}

TEST(Salt, IsFreshForEachRequest) {
  const policy::Tenant alone = tenant("a", Kind::request);
  const policy::Model m = model("m");
  SaltMaker maker(kKey);
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.emplace(maker.salt({&alone, "", "k1", &m}));
  EXPECT_EQ(seen.size(), 100u);
}

}  // namespace
}  // namespace gh::isolation
