#pragma once
// Whether PEM texts are what TLS needs of them, said in words for people: a policy names such files
// long before a connection uses them. Start-up and command line only; thread-safe.

#include <string_view>

#include "base/error.h"

namespace gh::crypto {

// A server's chain, or authorities: one certificate at least, and each can be read.
Result<> check_certificates(std::string_view pem);

// A private key that needs no passphrase.
Result<> check_private_key(std::string_view pem);

// That the key is the one of the first certificate; both have passed the checks above.
Result<> check_pair(std::string_view certificate_pem, std::string_view key_pem);

}  // namespace gh::crypto
