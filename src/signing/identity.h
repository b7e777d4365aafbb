#pragma once
// Who is expected to have signed, as the operator writes it: `email:ann@example.com`,
// `dns:ci.example`, `uri:https://ci.example/job`, `cn:Model releases`. Without such a word before
// it the form tells: an address has an @, a URI a ://, a DNS name a dot, anything else is a common
// name.

#include <string>
#include <string_view>

#include "crypto/chain.h"

namespace gh::signing {

crypto::Identity parse_identity(std::string_view text);

// What parse_identity reads back as the same; without the word where the form tells. Not escaped.
std::string text_of(const crypto::Identity& identity);

}  // namespace gh::signing
