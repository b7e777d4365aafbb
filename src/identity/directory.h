#pragma once
// Who is who: a policy and the keys of one moment, resolved against each other.
//
// Built on the control thread whenever the policy or a key changes, then immutable and shared by
// `std::shared_ptr<const Directory>`. It keeps its Snapshot alive. An exchange keeps the Directory
// that it began with, so every pointer below is valid as long as the exchange holds it.

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/crypto.h"
#include "identity/key_record.h"
#include "policy/snapshot.h"

namespace gh::identity {

// A verified caller with what it may do: the tenant's settings narrowed by the key's.
struct Principal {
  const policy::Tenant* tenant = nullptr;
  std::string key_id;
  std::string user;
  std::vector<policy::Grant> grants;  // sorted by model name; the tenant's that the key may use
  policy::EndpointSet endpoints;
  policy::RequestCaps caps;
  policy::Limit limit;  // the key's own: tenant `per_key`, narrowed by the key record

  // What the policy gives a key of `tenant`, narrowed by what the record says. Two rates of
  // different periods become one with the slower rate and the smaller burst, which admits
  // nothing that either of them would not.
  static Principal resolve(const policy::Snapshot& policy, const policy::Tenant& tenant,
                           const KeyRecord& key);

  // Null when the caller may not use a model of that client name.
  const policy::Grant* grant(const policy::Snapshot& policy, std::string_view model) const;

  // Those of `grants` whose model has an endpoint in common with the key: what GET /v1/models
  // shows. The others can be asked nowhere.
  std::vector<policy::Grant> usable_grants(const policy::Snapshot& policy) const;
  bool can_ask(const policy::Model& model) const { return !(model.endpoints & endpoints).empty(); }
};

// Why a credential was refused; for the operator's log and the counters only. The client always
// sees the same 401.
enum class AuthFailure : std::uint8_t {
  missing,    // no Authorization header
  malformed,  // not exactly one `Bearer <key>`, or not the form or checksum of a key
  unknown,    // no such kid
  wrong,      // the secret does not match
  expired,
  revoked,
  no_tenant,  // the key's tenant is not in the policy any more
};
std::string_view name(AuthFailure failure);

class Directory {
 public:
  // Keys whose tenant the policy does not have are kept, so that they fail as `no_tenant`.
  static std::shared_ptr<const Directory> build(std::shared_ptr<const policy::Snapshot> policy,
                                                const std::vector<KeyRecord>& keys);

  const policy::Snapshot& policy() const { return *policy_; }
  const std::shared_ptr<const policy::Snapshot>& policy_ptr() const { return policy_; }
  std::size_t key_count() const;

  // `token` is what followed "Bearer ". Takes the same work for an unknown kid as for a wrong
  // secret: one MAC and one comparison in constant time. `pepper` is the calling thread's own.
  // Of a key with more than one reason to fail the first of revoked, expired, no_tenant is told,
  // and none of them to a caller without the right secret.
  std::expected<const Principal*, AuthFailure> authenticate(std::string_view token,
                                                            crypto::Hmac& pepper,
                                                            WallTime now) const;
  ~Directory();

 private:
  struct Impl;
  explicit Directory(std::unique_ptr<Impl> impl, std::shared_ptr<const policy::Snapshot> policy);
  std::unique_ptr<Impl> impl_;
  std::shared_ptr<const policy::Snapshot> policy_;
};

}  // namespace gh::identity
