#pragma once
// The outer layers of a signature file: the Sigstore bundle, the DSSE envelope in it, and the bytes
// that are signed. Nothing here is trusted; who signed is for trust.h.

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signing/rules.h"

namespace gh::signing {

struct Bundle {
  std::string payload;    // the statement
  std::string signature;  // DER
  // Either a certificate chain (DER, the signer's first), or a key, named by `hint` at most.
  std::vector<std::string> chain;
  std::string hint;  // hex SHA-256 of the key's PEM text; "" before v1.1
};

// Every form from v0.2 to v1.1 of model_signing.
std::expected<Bundle, Reason> read_bundle(std::string_view json);

// In the form of v1.1.
std::string write_bundle(const Bundle& bundle);

// What a signature is made over (DSSE's pre-authentication encoding).
std::string signed_bytes(std::string_view payload);
// What model_signing 0.2 signed instead: its own misspelt prefix, and the payload as Python prints
// it.
std::string signed_bytes_of_v02(std::string_view payload);

}  // namespace gh::signing
