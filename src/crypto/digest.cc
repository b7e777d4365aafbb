#include "crypto/digest.h"

#include "base/check.h"
#include "crypto/openssl_owned.h"

namespace gh::crypto {
namespace {

// Fetched once: OpenSSL 3.0 takes locks on every fetch.
const EVP_MD* fetched(HashAlgorithm algorithm) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const EVP_MD* const blake2b = EVP_MD_fetch(nullptr, "BLAKE2B-512", nullptr);
  const EVP_MD* const found = algorithm == HashAlgorithm::sha256 ? sha256 : blake2b;
  GH_CHECK(found != nullptr);
  return found;
}

}  // namespace

std::size_t digest_size(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::sha256 ? 32 : 64;
}

void RunningDigest::Freed::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

RunningDigest::RunningDigest(HashAlgorithm algorithm)
    : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
  GH_CHECK(context_ != nullptr);
  GH_CHECK(EVP_DigestInit_ex2(context_.get(), fetched(algorithm_), nullptr) == 1);
}

RunningDigest::RunningDigest(RunningDigest&&) noexcept = default;
RunningDigest& RunningDigest::operator=(RunningDigest&&) noexcept = default;
RunningDigest::~RunningDigest() = default;

void RunningDigest::update(std::string_view bytes) {
  GH_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string RunningDigest::finish() {
  std::string digest(digest_size(algorithm_), '\0');
  unsigned int written = 0;
  GH_CHECK(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()),
                              &written) == 1);
  GH_CHECK(written == digest.size());
  GH_CHECK(EVP_DigestInit_ex2(context_.get(), fetched(algorithm_), nullptr) == 1);
  return digest;
}

}  // namespace gh::crypto
