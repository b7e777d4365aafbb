#pragma once
// The TLS contexts of every listener and of the admin side, as their files are at one moment.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/tls.h"
#include "policy/snapshot.h"

namespace gh::gateway {

// Changes whenever one of the files that the policy's `tls` sections name does, also when a link
// is turned to another file.
std::string certificate_fingerprint(const policy::Snapshot& snapshot);

// Immutable once loaded; any thread.
struct Certificates {
  std::vector<std::shared_ptr<const net::TlsServer>> listeners;  // as in the policy; null: plain
  std::shared_ptr<const net::TlsServer> admin;                   // null: plain, or no admin side
  std::string fingerprint;
  MonoTime loaded;

  // All or none. Errors name the file.
  static Result<Certificates> load(const policy::Snapshot& snapshot);
};

// When certificates in force have to be loaded anew. Not thread-safe.
class CertificateRenewal {
 public:
  // A new TLS context has new ticket keys, so none is used for longer than this.
  static constexpr Duration kTicketKeyLife = std::chrono::hours(12);

  // True, and the caller loads them, when their files have changed, whose fingerprint is now
  // `files`: once for each change, also when that fails. Half of a pair may have been written; the
  // other half is another change. Also when the ticket keys, or the last attempt, are of that age.
  bool due(const Certificates& in_force, const std::string& files, MonoTime now);

 private:
  std::string tried_;  // the files of the last attempt
  MonoTime tried_at_;
};

// What there is to say of the dates of certificates in force, each thing once.
class CertificateDates {
 public:
  // A line for each certificate of which something else is wrong than at the last look, or will be
  // soon. `certificates` are those of `snapshot`.
  std::vector<std::string> look(const policy::Snapshot& snapshot, const Certificates& certificates,
                                WallTime now);

 private:
  std::map<std::string, std::string> told_;  // by file, what is wrong with it
};

}  // namespace gh::gateway
