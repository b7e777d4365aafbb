#pragma once
// Who may sign: keys and identities that were given, never what a bundle says of itself.

#include <optional>
#include <string>
#include <vector>

#include "crypto/chain.h"
#include "crypto/sign.h"
#include "signing/bundle.h"

namespace gh::signing {

struct Trust {
  std::vector<crypto::PublicKey> keys;  // any of them
  std::string roots;                    // PEM; "" when certificates are not trusted
  std::vector<crypto::Identity>
      identities;  // any of them, in certificates that the roots vouch for
  bool accept_v02 = false;
};

struct Signer {
  std::string key_id;  // hex SHA-256 of the public key's PEM text: what v1.1 calls the hint
  std::string curve;   // "P-256"
  // Of a certificate only.
  std::string identity;  // as identity.h writes it
  std::string subject;
  std::optional<WallTime> certificate_begins;
  std::optional<WallTime> certificate_ends;
  bool v02 = false;
};

struct SignatureCheck {
  std::optional<Signer> signer;  // only when there is no reason against it
  std::vector<Reason> reasons;
};

SignatureCheck check_signature(const Bundle& bundle, const Trust& trust);

std::string key_id(const crypto::PublicKey& key);

}  // namespace gh::signing
