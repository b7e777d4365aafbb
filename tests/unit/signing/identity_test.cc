#include "signing/identity.h"

#include <gtest/gtest.h>

#include <string_view>
#include <tuple>

namespace gh::signing {
namespace {

using Kind = crypto::Identity::Kind;

TEST(Identity, TheFormTellsTheKind) {
  const std::tuple<std::string_view, Kind, std::string_view> cases[] = {
      {"ann@example.com", Kind::email, "ann@example.com"},
      {"ci.example", Kind::dns, "ci.example"},
      {"https://ci.example/job", Kind::uri, "https://ci.example/job"},
      {"https://ann@ci.example", Kind::uri, "https://ann@ci.example"},
      {"spiffe://prod/release", Kind::uri, "spiffe://prod/release"},
      {"Model releases", Kind::common_name, "Model releases"},
      {"signer", Kind::common_name, "signer"},
      {"", Kind::common_name, ""},
      {"email:ann", Kind::email, "ann"},
      {"dns:localhost", Kind::dns, "localhost"},
      {"uri:urn:x:y", Kind::uri, "urn:x:y"},
      {"uri:ann@example.com", Kind::uri, "ann@example.com"},
      {"cn:ann@example.com", Kind::common_name, "ann@example.com"},
      {"cn:dns:x", Kind::common_name, "dns:x"},
      {"CN:x", Kind::common_name, "CN:x"},
      {"Email:ann@example.com", Kind::email, "Email:ann@example.com"},
  };
  for (const auto& [text, kind, name] : cases) {
    const crypto::Identity identity = parse_identity(text);
    EXPECT_EQ(identity.kind, kind) << text;
    EXPECT_EQ(identity.text, name) << text;
    EXPECT_EQ(parse_identity(text_of(identity)), identity) << text;
  }
}

TEST(Identity, AWordIsWrittenWhereTheFormWouldMislead) {
  EXPECT_EQ(text_of({Kind::email, "ann@example.com"}), "ann@example.com");
  EXPECT_EQ(text_of({Kind::uri, "ann@example.com"}), "uri:ann@example.com");
  EXPECT_EQ(text_of({Kind::common_name, "ann@example.com"}), "cn:ann@example.com");
  EXPECT_EQ(text_of({Kind::common_name, "email:x"}), "cn:email:x");
  EXPECT_EQ(text_of({Kind::dns, "localhost"}), "dns:localhost");
}

}  // namespace
}  // namespace gh::signing
