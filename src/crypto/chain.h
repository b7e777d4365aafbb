#pragma once
// Certificates that vouch for a signing key. Start-up and command line only; thread-safe.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "crypto/sign.h"

namespace gh::crypto {

// A name in a certificate. Its kind is part of it: an issuer may be held to some e-mail addresses,
// DNS names or URIs (RFC 5280 §4.2.1.10), and what it wrote as another kind is free.
struct Identity {
  enum class Kind : std::uint8_t { email, dns, uri, common_name };
  Kind kind = Kind::common_name;
  std::string text;
  bool operator==(const Identity&) const = default;
};

struct SigningCertificate {
  PublicKey key;
  std::string subject;               // RFC 2253, escaped
  std::vector<Identity> identities;  // subject alternative names, then the subject's common names
  bool may_sign = false;             // KeyUsage digitalSignature, or ExtendedKeyUsage codeSigning
  // Issued by Sigstore's Fulcio (an extension below 1.3.6.1.4.1.57264.1): worth nothing without the
  // transparency log that it counts on.
  bool fulcio = false;
  WallTime not_before;
  WallTime not_after;
};

// Of a certificate in DER. A name with a NUL or other control character is no identity.
Result<SigningCertificate> read_signing_certificate(std::string_view der);

// Whether the first of `chain` (DER) leads to one of `anchors` (PEM), the others as helpers. Looked
// at with the clock at the first one's notBefore, because no trusted time of signing is known: an
// expired certificate still verifies, one that its issuer did not cover when it began does not.
// Every anchor is trusted as it is, a root or not. No revocation lists. Keys and hashes below
// 112 bits of strength (SHA-1, RSA-1024) are refused.
Result<> check_chain(std::span<const std::string> chain, std::string_view anchors);

// All certificates of a PEM text, in DER; at least one.
Result<std::vector<std::string>> certificates_of(std::string_view pem);

}  // namespace gh::crypto
