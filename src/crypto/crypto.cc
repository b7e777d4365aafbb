#include "crypto/crypto.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sys/random.h>

#include <utility>

#include "base/check.h"
#include "base/wiping_memory.h"

namespace gh::crypto {
namespace {

struct FreeDigestContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeMacContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  GH_CHECK(algorithm != nullptr);
  return algorithm;
}

EVP_MAC* hmac_algorithm() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  GH_CHECK(algorithm != nullptr);
  return algorithm;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(Digest& digest) {
  return reinterpret_cast<unsigned char*>(digest.data());
}

}  // namespace

void wipe_freed_memory() {
  GH_CHECK(CRYPTO_set_mem_functions(
               [](std::size_t size, const char*, int) { return wiping_memory::take(size); },
               [](void* block, std::size_t size, const char*, int) {
                 return wiping_memory::resize(block, size);
               },
               [](void* block, const char*, int) { wiping_memory::give_back(block); }) == 1);
}

Digest sha256(std::string_view bytes) {
  // One context per thread: making one costs as much as hashing a short message.
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeDigestContext> context(EVP_MD_CTX_new());
  Digest digest;
  GH_CHECK(context != nullptr);
  GH_CHECK(EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) == 1);
  GH_CHECK(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
  GH_CHECK(EVP_DigestFinal_ex(context.get(), bytes_of(digest), nullptr) == 1);
  return digest;
}

struct Hmac::Impl {
  std::unique_ptr<EVP_MAC_CTX, FreeMacContext> context;

  // Starts the next message under the key that the context was made with.
  void restart() { GH_CHECK(EVP_MAC_init(context.get(), nullptr, 0, nullptr) == 1); }
  void update(std::string_view bytes) {
    GH_CHECK(EVP_MAC_update(context.get(), bytes_of(bytes), bytes.size()) == 1);
  }
  Digest finish() {
    Digest digest;
    std::size_t written = 0;
    GH_CHECK(EVP_MAC_final(context.get(), bytes_of(digest), &written, digest.size()) == 1);
    GH_CHECK(written == digest.size());
    return digest;
  }
};

Hmac::Hmac(std::string_view key) : impl_(std::make_unique<Impl>()) {
  impl_->context.reset(EVP_MAC_CTX_new(hmac_algorithm()));
  GH_CHECK(impl_->context != nullptr);
  char digest_name[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
      OSSL_PARAM_construct_end()};
  // A null key would mean "the key there is", so an empty one needs an address too.
  const std::string_view given = key.data() == nullptr ? std::string_view("") : key;
  GH_CHECK(EVP_MAC_init(impl_->context.get(), bytes_of(given), given.size(), parameters) == 1);
}

Hmac::Hmac(Hmac&&) noexcept = default;
Hmac& Hmac::operator=(Hmac&&) noexcept = default;
Hmac::~Hmac() = default;

Digest Hmac::mac(std::string_view message) {
  impl_->restart();
  impl_->update(message);
  return impl_->finish();
}

Digest Hmac::mac_framed(std::span<const std::string_view> parts) {
  // One long update costs less than many short ones.
  std::array<char, 512> gathered;
  std::size_t used = 0;
  impl_->restart();
  const auto add = [&](std::string_view bytes) {
    if (bytes.size() > gathered.size() - used) {
      impl_->update({gathered.data(), used});
      used = 0;
    }
    if (bytes.size() > gathered.size()) return impl_->update(bytes);
    used += bytes.copy(gathered.data() + used, bytes.size());
  };
  for (const std::string_view part : parts) {
    char length[8];
    for (std::size_t i = 0; i < sizeof length; ++i) {
      length[i] = static_cast<char>(std::uint64_t{part.size()} >> (56 - 8 * i) & 0xff);
    }
    add({length, sizeof length});
    add(part);
  }
  impl_->update({gathered.data(), used});
  wipe(gathered.data(), gathered.size());  // a part may be a secret
  return impl_->finish();
}

void random_bytes(std::span<char> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    GH_CHECK(got > 0);
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::string random_bytes(std::size_t size) {
  std::string out(size, '\0');
  random_bytes(std::span<char>(out));
  return out;
}

}  // namespace gh::crypto
