#include "signing/statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/crypto.h"
#include "signing/terms.h"

// What a statement of others can have wrong is tried against the program in
// tests/signing/test_signing_statement.py.

namespace gh::signing {
namespace {

using testing::HasSubstr;

std::string digest(std::string_view content) {
  return std::string(crypto::view(crypto::sha256(content)));
}

Manifest two_files() {
  Manifest manifest;
  manifest.name = "m";
  manifest.files = {{"a", {digest("1")}, 0}, {"b/c", {digest("2")}, 0}};
  return manifest;
}

std::string_view refused(const Manifest& manifest) {
  const auto read = read_statement(write_statement(manifest), false);
  return read ? "" : read.error().rule->id;
}

TEST(Statement, AsItIsWritten) {
  EXPECT_EQ(
      write_statement(two_files()),
      R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"m","digest":{"sha256":")" +
          hex(digest(digest("1") + digest("2"))) +
          R"("}}],"predicateType":"https://model_signing/signature/v1.0","predicate":{)"
          R"("serialization":{"method":"files","hash_type":"sha256","allow_symlinks":false,)"
          R"("ignore_paths":[]},"resources":[{"name":"a","algorithm":"sha256","digest":")" +
          hex(digest("1")) + R"("},{"name":"b/c","algorithm":"sha256","digest":")" +
          hex(digest("2")) + R"("}]}})");
}

TEST(Statement, WhatIsWrittenIsRead) {
  Manifest manifest = two_files();
  manifest.method = Method::shards;
  manifest.shard_size = 10;
  manifest.allow_symlinks = true;
  manifest.ignore_paths = {".git", "\xc3\xa9"};
  manifest.files = {{"a", {digest("1"), digest("2")}, 15}, {"b", {digest("3")}, 10}};
  manifest.terms =
      Terms{Role::chat_template, {1'000'000'000}, WallTime{5'000'000'000}, std::string(64, 'a')};
  const auto read = read_statement(write_statement(manifest), false);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "m");
  EXPECT_EQ(read->shard_size, 10U);
  EXPECT_TRUE(read->allow_symlinks);
  EXPECT_EQ(read->ignore_paths, manifest.ignore_paths);
  ASSERT_EQ(read->files.size(), 2U);
  EXPECT_EQ(read->files[0].digests, manifest.files[0].digests);
  EXPECT_EQ(read->files[0].size, 15U);
  EXPECT_EQ(root_digest(*read), root_digest(manifest));
  ASSERT_TRUE(read->terms);
  EXPECT_EQ(read->terms->role, Role::chat_template);
  EXPECT_EQ(read->terms->not_before, WallTime{1'000'000'000});
  EXPECT_EQ(read->terms->expires, WallTime{5'000'000'000});
  EXPECT_EQ(read->terms->base_digest, std::string(64, 'a'));
}

TEST(Statement, WhatCannotBeVerifiedIsNotRead) {
  Manifest manifest = two_files();
  manifest.files[1].path = "../c";
  EXPECT_EQ(refused(manifest), "SIG-022");
  manifest.files[1].path = "A";
  EXPECT_EQ(refused(manifest), "SIG-023");
  manifest.files[1].path = ".";
  EXPECT_EQ(refused(manifest), "SIG-022");
  manifest.files.clear();
  EXPECT_EQ(refused(manifest), "SIG-020");
  manifest.files = {{".", {digest("1")}, 0}};
  EXPECT_EQ(refused(manifest), "");
}

TEST(Statement, DigestsOfAnotherSize) {
  Manifest manifest = two_files();
  manifest.files[0].digests[0].pop_back();
  EXPECT_EQ(refused(manifest), "SIG-020");
  manifest = two_files();
  manifest.hash = crypto::HashAlgorithm::blake2b;
  EXPECT_EQ(refused(manifest), "SIG-020");
}

TEST(Statement, TheFormOf02) {
  const std::string old =
      R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":")" +
      hex(digest("1")) +
      R"("},"annotations":{"actual_hash_algorithm":"file-sha256"}}],)"
      R"("predicateType":"https://model_signing/Digests/v0.1","predicate":{"unused":"x"}})";
  const auto unasked = read_statement(old, false);
  ASSERT_FALSE(unasked);
  EXPECT_EQ(unasked.error().rule, &kOldSignature);
  const auto read = read_statement(old, true);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->files.front().path, "a");

  std::string other = old;
  other.replace(other.find("file-sha256"), 11, "file-sha1xx");
  EXPECT_EQ(read_statement(other, true).error().rule, &kHash);
  other = old;
  other.replace(other.find("\"a\""), 3, "\"/\"");
  EXPECT_EQ(read_statement(other, true).error().rule, &kName);
}

constexpr WallTime kNow{1'790'000'000'000'000'000};

std::string found(const Terms& terms, const Expected& expected = {}, WallTime now = kNow) {
  Manifest manifest = two_files();
  manifest.terms = terms;
  std::string ids;
  for (const Reason& reason : check_terms(manifest, expected, now)) {
    ids += std::string(reason.rule->id.substr(4)) + " ";
  }
  return ids;
}

TEST(Terms, EndAtTheirSecondAndBeginWithinTheSkew) {
  EXPECT_EQ(found({{}, kNow, kNow + std::chrono::seconds(1), ""}), "");
  EXPECT_EQ(found({{}, {}, kNow, ""}), "030 ");
  EXPECT_EQ(found({{}, kNow + kClockSkew, {}, ""}), "");
  EXPECT_EQ(found({{}, kNow + kClockSkew + Duration(1), {}, ""}), "031 ");
}

TEST(Terms, EveryDemandIsHeldAgainstThem) {
  const std::string base(64, 'a');
  EXPECT_EQ(found({Role::adapter, {}, {}, base}, {Role::adapter, "m", base}), "");
  EXPECT_EQ(found({}, {Role::adapter, "n", base}), "032 033 034 ");
  EXPECT_EQ(found({Role::model, {}, {}, base}, {Role::adapter, "M", std::string(64, 'b')}),
            "032 033 034 ");
  EXPECT_EQ(found({Role::model, {}, {}, base}), "");
}

TEST(Terms, WithoutAnyDemandsFail) {
  Manifest manifest = two_files();
  EXPECT_TRUE(check_terms(manifest, {}, kNow).empty());
  EXPECT_EQ(check_terms(manifest, {Role::model, "", ""}, kNow).size(), 1U);
}

TEST(Terms, RootDigestsAreLowerCaseHex) {
  EXPECT_TRUE(is_root_digest(std::string(64, '0')));
  for (const std::string& text : {std::string(), std::string(63, '0'), std::string(65, '0'),
                                  std::string(64, 'A'), std::string(64, 'g')}) {
    EXPECT_FALSE(is_root_digest(text));
  }
}

}  // namespace
}  // namespace gh::signing
