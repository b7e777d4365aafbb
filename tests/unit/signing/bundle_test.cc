#include "signing/bundle.h"

#include <gtest/gtest.h>

// Every field that can be wrong is tried against the program in
// tests/signing/test_signing_verify.py.

namespace gh::signing {
namespace {

Bundle by_key() {
  Bundle bundle;
  bundle.payload = "{}";
  bundle.signature = "signature";
  bundle.hint = "00ff";
  return bundle;
}

std::string_view refused(std::string_view text) {
  const auto read = read_bundle(text);
  return read ? "" : read.error().rule->id;
}

TEST(Bundle, TheFormOf11) {
  EXPECT_EQ(write_bundle(by_key()),
            R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json",)"
            R"("verificationMaterial":{"publicKey":{"hint":"00ff"},"tlogEntries":[]},)"
            R"("dsseEnvelope":{"payload":"e30=","payloadType":"application/vnd.in-toto+json",)"
            R"("signatures":[{"sig":"c2lnbmF0dXJl","keyid":""}]}})");
}

TEST(Bundle, WhatIsWrittenIsRead) {
  Bundle chained = by_key();
  chained.hint.clear();
  chained.chain = {"leaf", "middle"};
  for (const Bundle& bundle : {by_key(), chained}) {
    const auto read = read_bundle(write_bundle(bundle));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->payload, bundle.payload);
    EXPECT_EQ(read->signature, bundle.signature);
    EXPECT_EQ(read->hint, bundle.hint);
    EXPECT_EQ(read->chain, bundle.chain);
  }
}

TEST(Bundle, HintsOfAnyForm) {
  std::string text = write_bundle(by_key());
  const std::string hint = R"({"hint":"00ff"})";
  for (const char* key : {"{}", R"({"hint":null})", R"({"rawBytes":"AAAA","keyDetails":"X"})"}) {
    std::string changed = text;
    changed.replace(changed.find(hint), hint.size(), key);
    const auto read = read_bundle(changed);
    ASSERT_TRUE(read) << key;
    EXPECT_EQ(read->hint, "");
  }
  for (const char* key : {"null", "[]", "\"00ff\"", R"({"hint":5})", R"({"more":1})"}) {
    std::string changed = text;
    changed.replace(changed.find(hint), hint.size(), key);
    EXPECT_EQ(refused(changed), "SIG-001") << key;
  }
}

TEST(Bundle, TextsThatAreNone) {
  for (const char* text : {"", "null", "[]", "{}", "{\"mediaType\":1}", "\xff",
                           R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"})"}) {
    EXPECT_EQ(refused(text), "SIG-001") << text;
  }
  EXPECT_EQ(refused(write_bundle(by_key()) + "{}"), "SIG-001");
  EXPECT_EQ(refused(std::string(100'000, '[')), "SIG-001");
}

TEST(Bundle, Many) {
  Bundle chained = by_key();
  chained.chain.assign(16, "certificate");
  EXPECT_EQ(refused(write_bundle(chained)), "");
  chained.chain.assign(17, "certificate");
  EXPECT_EQ(refused(write_bundle(chained)), "SIG-001");
  chained.chain.assign(1, std::string(70'000, 'c'));
  EXPECT_EQ(refused(write_bundle(chained)), "SIG-001");
}

TEST(SignedBytes, CountBytes) {
  EXPECT_EQ(signed_bytes(""), "DSSEv1 28 application/vnd.in-toto+json 0 ");
  EXPECT_EQ(signed_bytes("\xc3\xa9"), "DSSEv1 28 application/vnd.in-toto+json 2 \xc3\xa9");
}

TEST(SignedBytes, Of02AreWhatPythonPrints) {
  const std::string head = "DSSEV1 28 application/vnd.in-toto+json ";
  EXPECT_EQ(signed_bytes_of_v02("{\"a\"}"), head + R"(5 b'{"a"}')");
  EXPECT_EQ(signed_bytes_of_v02("it's"), head + R"(4 b"it's")");
  EXPECT_EQ(signed_bytes_of_v02("'\""), head + R"(2 b'\'"')");
  EXPECT_EQ(signed_bytes_of_v02("\n\r\t\\\x01\x7f\xc3"), head + R"(7 b'\n\r\t\\\x01\x7f\xc3')");
}

}  // namespace
}  // namespace gh::signing
