#include "isolation/salt.h"

#include <array>

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

std::string SaltMaker::salt(const SaltSubject& subject) {
  if (subject.tenant->isolation.kind == Kind::request) {
    return base64url(crypto::random_bytes(kSaltBytes));
  }
  const TrustDomain domain = trust_domain(subject);
  constexpr std::string_view kAdapterDigest = "";  // the policy names adapters, not their content
  const std::array<std::string_view, 8> parts = {
      kVersion,
      domain.kind,
      domain.tenant,
      domain.name,
      subject.model->served_as,
      subject.model->adapter,
      kAdapterDigest,
      kEpoch,
  };
  return base64url(crypto::view(hmac_.mac_framed(parts)));
}

}  // namespace gh::isolation
