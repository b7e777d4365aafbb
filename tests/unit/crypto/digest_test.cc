#include "crypto/digest.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/crypto.h"

namespace gh::crypto {
namespace {

std::string digest_of(HashAlgorithm algorithm, std::string_view bytes) {
  RunningDigest digest(algorithm);
  digest.update(bytes);
  return hex(digest.finish());
}

TEST(RunningDigest, KnownAnswers) {
  EXPECT_EQ(digest_of(HashAlgorithm::sha256, "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of(HashAlgorithm::sha256, ""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  // RFC 7693, appendix A.
  EXPECT_EQ(digest_of(HashAlgorithm::blake2b, "abc"),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST(RunningDigest, PiecesAreTheWhole) {
  RunningDigest digest(HashAlgorithm::sha256);
  for (const char* piece : {"a", "", "b", "c"}) digest.update(piece);
  EXPECT_EQ(digest.finish(), std::string(view(sha256("abc"))));
}

TEST(RunningDigest, BeginsAnewAfterTheEnd) {
  RunningDigest digest(HashAlgorithm::sha256);
  digest.update("left over");
  digest.finish();
  digest.update("abc");
  EXPECT_EQ(digest.finish(), std::string(view(sha256("abc"))));
  EXPECT_EQ(digest.finish(), std::string(view(sha256(""))));
}

TEST(RunningDigest, SizesAreThoseOfTheDigests) {
  for (const auto algorithm : {HashAlgorithm::sha256, HashAlgorithm::blake2b}) {
    EXPECT_EQ(RunningDigest(algorithm).finish().size(), digest_size(algorithm));
  }
}

}  // namespace
}  // namespace gh::crypto
