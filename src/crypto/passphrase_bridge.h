#pragma once
// OpenSSL's way to ask for a passphrase, answered by a function of ours. For the .cc files of this
// folder only.

#include <cstring>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/sign.h"

namespace gh::crypto {

class PassphraseBridge {
 public:
  explicit PassphraseBridge(const PrivateKey::Passphrase& ask) : ask_(ask) {}

  bool asked() const { return asked_; }
  // Why there was no passphrase to give.
  const std::optional<Error>& failure() const { return failure_; }

  // A pem_password_cb; `user` is the bridge. A second question is a refusal of the first answer.
  static int give(char* into, int size, int, void* user) {
    auto* const bridge = static_cast<PassphraseBridge*>(user);
    if (bridge->asked_) return -1;
    bridge->asked_ = true;
    const Result<Secret> secret = bridge->ask_();
    if (!secret) {
      bridge->failure_ = secret.error();
      return -1;
    }
    const std::string_view bytes = secret->reveal();
    if (bytes.size() > static_cast<std::size_t>(size)) {
      bridge->failure_ = Error{"the passphrase is longer than OpenSSL takes"};
      return -1;
    }
    std::memcpy(into, bytes.data(), bytes.size());
    return static_cast<int>(bytes.size());
  }

 private:
  const PrivateKey::Passphrase& ask_;
  bool asked_ = false;
  std::optional<Error> failure_;
};

}  // namespace gh::crypto
