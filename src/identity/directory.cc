#include "identity/directory.h"

#include <unordered_map>
#include <utility>

#include "base/secret.h"
#include "base/siphash.h"
#include "identity/key_text.h"

namespace gh::identity {
namespace {

struct Key {
  std::optional<WallTime> expires;
  bool revoked = false;
  Principal principal;  // without a tenant when the policy has none of that name
};

struct Credential {
  const Key* key = nullptr;
  crypto::Digest mac{};
  std::optional<WallTime> not_after;
};

// Clients choose the kids that are looked up, so the hash is keyed.
struct KidHash {
  SipKey key;
  std::size_t operator()(std::string_view kid) const { return siphash(key, kid); }
};

}  // namespace

std::string_view name(AuthFailure failure) {
  switch (failure) {
    case AuthFailure::missing:
      return "missing";
    case AuthFailure::malformed:
      return "malformed";
    case AuthFailure::unknown:
      return "unknown";
    case AuthFailure::wrong:
      return "wrong";
    case AuthFailure::expired:
      return "expired";
    case AuthFailure::revoked:
      return "revoked";
    case AuthFailure::no_tenant:
      return "no_tenant";
  }
  return "unknown";
}

struct Directory::Impl {
  std::vector<Key> keys;  // never grows after `build`, so pointers into it stay
  std::unordered_map<std::string, Credential, KidHash> credentials;
  Credential dummy;  // what an unknown kid is compared with

  explicit Impl(std::size_t key_count)
      : keys(key_count), credentials(2 * key_count, KidHash{random_sip_key()}) {
    crypto::random_bytes(dummy.mac);
  }
};

Directory::Directory(std::unique_ptr<Impl> impl, std::shared_ptr<const policy::Snapshot> policy)
    : impl_(std::move(impl)), policy_(std::move(policy)) {}

Directory::~Directory() = default;

std::size_t Directory::key_count() const {
  return impl_->keys.size();
}

std::shared_ptr<const Directory> Directory::build(std::shared_ptr<const policy::Snapshot> policy,
                                                  const std::vector<KeyRecord>& keys) {
  auto impl = std::make_unique<Impl>(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const KeyRecord& record = keys[i];
    Key& key = impl->keys[i];
    key.expires = record.expires;
    key.revoked = record.revoked.has_value();
    if (const policy::Tenant* tenant = policy->tenant(record.tenant)) {
      key.principal = Principal::resolve(*policy, *tenant, record);
    }
    for (const KeySecret& secret : record.secrets) {
      impl->credentials.emplace(secret.kid, Credential{&key, secret.mac, secret.not_after});
    }
  }
  return std::shared_ptr<const Directory>(new Directory(std::move(impl), std::move(policy)));
}

std::expected<const Principal*, AuthFailure> Directory::authenticate(std::string_view token,
                                                                     crypto::Hmac& pepper,
                                                                     WallTime now) const {
  const std::optional<KeyText> text = parse_key(token);
  if (!text) return std::unexpected(AuthFailure::malformed);

  const auto found = impl_->credentials.find(std::string(text->kid));
  const bool known = found != impl_->credentials.end();
  const Credential& credential = known ? found->second : impl_->dummy;
  const crypto::Digest mac = key_mac(pepper, text->kid, text->secret);
  const bool right = equal_constant_time(crypto::view(mac), crypto::view(credential.mac));
  if (!known) return std::unexpected(AuthFailure::unknown);
  if (!right) return std::unexpected(AuthFailure::wrong);

  const Key& key = *credential.key;
  if (key.revoked) return std::unexpected(AuthFailure::revoked);
  if ((key.expires && now >= *key.expires) ||
      (credential.not_after && now >= *credential.not_after)) {
    return std::unexpected(AuthFailure::expired);
  }
  if (key.principal.tenant == nullptr) return std::unexpected(AuthFailure::no_tenant);
  return &key.principal;
}

}  // namespace gh::identity
