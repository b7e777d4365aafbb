#pragma once
// Digests, MACs and random bytes on OpenSSL's EVP. Algorithms are fetched once per process
// (OpenSSL 3.0 takes locks on every fetch); a `Hmac` holds one keyed context that starts again with
// every message, 0.24 µs for 64 bytes. Functions are thread-safe; a `Hmac` object belongs to one
// thread.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace gh::crypto {

// From now on OpenSSL overwrites whatever memory it gives back: records that it has decrypted and
// private keys do not stay behind. Once, before anything else of OpenSSL is used. (Its own
// SSL_OP_CLEANSE_PLAINTEXT costs ten times as much.)
void wipe_freed_memory();

using Digest = std::array<char, 32>;
inline std::string_view view(const Digest& digest) {
  return {digest.data(), digest.size()};
}

Digest sha256(std::string_view bytes);

// HMAC-SHA-256 (RFC 2104) with a key set up once.
class Hmac {
 public:
  explicit Hmac(std::string_view key);
  Hmac(Hmac&&) noexcept;
  Hmac& operator=(Hmac&&) noexcept;
  ~Hmac();

  Digest mac(std::string_view message);
  // Each part is preceded by its length as 8 bytes, big-endian, so that ("ab","c") and ("a","bc")
  // differ.
  Digest mac_framed(std::span<const std::string_view> parts);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// From the operating system's generator; aborts when there is none.
void random_bytes(std::span<char> out);
std::string random_bytes(std::size_t size);

}  // namespace gh::crypto
