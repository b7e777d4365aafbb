#pragma once
// The cache salt: which requests may share prefix-cache blocks at the upstream.
//
// base64url of HMAC-SHA-256 over the length-prefixed (version "v1"; trust domain as kind, tenant
// and name; model as the upstream knows it; adapter name and digest; epoch), 43 characters,
// unguessable without the salt key. The client's own value is never used. One SaltMaker per thread;
// it remembers some of the salts that it made, since the same few subjects come again.

#include <array>
#include <string>
#include <string_view>

#include "crypto/crypto.h"
#include "policy/snapshot.h"

namespace gh::isolation {

// Who the request is for.
struct SaltSubject {
  const policy::Tenant* tenant = nullptr;
  std::string_view user;  // verified user label; "" = none, then the key id stands for it
  std::string_view key_id;
  const policy::Model* model = nullptr;
};

class SaltMaker {
 public:
  explicit SaltMaker(std::string_view salt_key);
  // A fresh one each time for CacheIsolation::request, else the same for the same subject. Valid
  // until the next call.
  std::string_view salt(const SaltSubject& subject);

 private:
  struct Remembered {
    std::array<std::string, 5> subject;  // kind, tenant and name of the domain; model; adapter
    std::string salt;
  };

  crypto::Hmac hmac_;
  std::array<Remembered, 64> remembered_;  // each subject has one place
  std::string fresh_;
};

}  // namespace gh::isolation
