#include "isolation/salt.h"

#include <algorithm>
#include <functional>

#include "base/encoding.h"

namespace gh::isolation {
namespace {

using Kind = policy::CacheIsolation::Kind;

constexpr std::string_view kVersion = "v1";
constexpr std::string_view kEpoch = "0";
constexpr std::size_t kSaltBytes = 32;

// A kind of trust domain and the name within it. Kinds have tags of their own, so that a user who
// is called like a key, or a group like a tenant, shares nothing with it. Users are the tenant's.
struct TrustDomain {
  std::string_view kind;
  std::string_view tenant;
  std::string_view name;
};

TrustDomain trust_domain(const SaltSubject& subject) {
  const policy::CacheIsolation& isolation = subject.tenant->isolation;
  switch (isolation.kind) {
    case Kind::user:
      if (subject.user.empty()) return {"key", subject.tenant->name, subject.key_id};
      return {"user", subject.tenant->name, subject.user};
    case Kind::group:
      return {"group", "", isolation.group};
    case Kind::shared:
      return {"shared", "", ""};
    case Kind::tenant:
    case Kind::request:
      break;
  }
  return {"tenant", subject.tenant->name, ""};
}

}  // namespace

SaltMaker::SaltMaker(std::string_view salt_key) : hmac_(salt_key) {}

std::string_view SaltMaker::salt(const SaltSubject& subject) {
  if (subject.tenant->isolation.kind == Kind::request) {
    return fresh_ = base64url(crypto::random_bytes(kSaltBytes));
  }
  const TrustDomain domain = trust_domain(subject);
  const std::array<std::string_view, 5> varying = {
      domain.kind, domain.tenant, domain.name, subject.model->served_as, subject.model->adapter,
  };
  std::size_t place = 0;
  for (const std::string_view part : varying)
    place = place * 31 + std::hash<std::string_view>()(part);
  Remembered& remembered = remembered_[place % remembered_.size()];
  if (!std::ranges::equal(remembered.subject, varying)) {
    constexpr std::string_view kAdapterDigest;  // the policy names adapters, not their content
    const std::array<std::string_view, 8> parts = {
        kVersion,   varying[0], varying[1],     varying[2],
        varying[3], varying[4], kAdapterDigest, kEpoch,
    };
    remembered.salt = base64url(crypto::view(hmac_.mac_framed(parts)));
    std::ranges::copy(varying, remembered.subject.begin());
  }
  return remembered.salt;
}

}  // namespace gh::isolation
