#pragma once
// X.509 for people who start: a development certificate, reading what a file holds, and what to
// say of its dates. Start-up and command line only, but for the last, which is pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

namespace gh::crypto {

struct CertificateAndKey {
  std::string certificate_pem;
  Secret key_pem;  // PKCS #8, not encrypted
};

// A self-signed ECDSA P-256 server certificate for the given DNS names and IP addresses.
Result<CertificateAndKey> make_self_signed(const std::vector<std::string>& names,
                                           WallTime not_before, Duration valid_for);

struct CertificateFacts {
  std::string subject;
  WallTime not_before;
  WallTime not_after;
};

// Of the first certificate in a PEM text.
Result<CertificateFacts> read_certificate(std::string_view pem);

// "expired at 2026-01-31T00:00:00Z; …": what is wrong with a server's certificate at `now`, or will
// be within 14 days, to stand behind its name; "" when nothing is. The same text as long as the
// same is wrong.
std::string validity_fault(WallTime not_before, WallTime not_after, WallTime now);

}  // namespace gh::crypto
