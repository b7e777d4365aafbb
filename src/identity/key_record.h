#pragma once
// An API key as it is stored: everything but the secret. Values only; any thread.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "policy/endpoint_set.h"
#include "policy/snapshot.h"

namespace gh::identity {

// One secret of a key. A key has more than one only while it is being rotated.
struct KeySecret {
  std::string kid;
  crypto::Digest mac{};  // key_mac() below
  std::optional<WallTime> not_after;
};

// Caps and limits narrower than the tenant's; an absent one leaves the tenant's in force. A wider
// one is harmless: the narrower of the two always wins.
struct KeyLimits {
  std::optional<policy::Rate> requests;
  std::optional<std::uint32_t> concurrent;
  std::optional<std::uint32_t> max_tokens;
  std::optional<std::uint32_t> max_prompt_tokens;
  std::optional<std::uint32_t> n;
};

struct KeyRecord {
  std::string id;  // "key_" and 16 base62 characters; stable across rotation
  std::string tenant;
  std::string name;
  std::string user;                 // label of the person or service; may be empty
  std::vector<std::string> models;  // empty: all of the tenant's
  policy::EndpointSet endpoints;    // empty: all
  KeyLimits limits;
  WallTime created;
  std::optional<WallTime> expires;
  std::optional<WallTime> revoked;  // when it was; from then on for good, whatever the clock says
  std::vector<KeySecret> secrets;
};

// HMAC-SHA-256(pepper, framed("gatehouse key v1", kid, secret)).
crypto::Digest key_mac(crypto::Hmac& pepper, std::string_view kid, std::string_view secret);

}  // namespace gh::identity
