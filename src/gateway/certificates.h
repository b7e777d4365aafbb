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
