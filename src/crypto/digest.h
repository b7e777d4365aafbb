#pragma once
// Digests of what is too large to hold: fed piece by piece. An object belongs to one thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace gh::crypto {

enum class HashAlgorithm : std::uint8_t {
  sha256,   // FIPS 180-4
  blake2b,  // RFC 7693 with 64 bytes of digest and no key
};

// Bytes of a digest: 32, 64.
std::size_t digest_size(HashAlgorithm algorithm);

class RunningDigest {
 public:
  explicit RunningDigest(HashAlgorithm algorithm);
  RunningDigest(RunningDigest&&) noexcept;
  RunningDigest& operator=(RunningDigest&&) noexcept;
  ~RunningDigest();

  void update(std::string_view bytes);
  // The raw digest of what was fed; the next `update` begins anew.
  std::string finish();

 private:
  struct Freed {
    void operator()(evp_md_ctx_st* context) const;
  };
  HashAlgorithm algorithm_;
  std::unique_ptr<evp_md_ctx_st, Freed> context_;
};

}  // namespace gh::crypto
