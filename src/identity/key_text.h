#pragma once
// The printed form of an API key: gh_<env>_<kid>_<secret>_<crc>
//
//   env     1–12 of [a-z0-9]: "live", "test"
//   kid     10 base62 characters, the public handle; logs and lists show it
//   secret  43 base62 characters, 256 random bits
//   crc     CRC-32 of everything before the last "_", 6 base62 characters
//
// The checksum is no security control: it lets garbage be refused before any look-up and lets
// secret scanners be sure. Format and reasons: docs/formats/api-key.md.

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace gh::identity {

struct KeyText {
  std::string_view env;
  std::string_view kid;
  std::string_view secret;
};

// Views into `text`; nothing unless every part, and the checksum, is right.
std::optional<KeyText> parse_key(std::string_view text);

struct NewKey {
  std::string kid;
  Secret text;  // the whole key, shown once
};

// `env` must satisfy is_env().
NewKey make_key(std::string_view env);

// Whether `text` may stand in a key as its env: 1–12 of [a-z0-9].
bool is_env(std::string_view text);

// A fresh KeyRecord::id: "key_" and 16 base62 characters.
std::string make_key_id();

}  // namespace gh::identity
