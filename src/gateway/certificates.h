#pragma once
// The TLS contexts of every listener and of the admin side, as their files are at one moment.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/tls.h"
#include "policy/snapshot.h"

namespace gh::gateway {

// What stands for the state of the files that a policy's `tls` section names: another text whenever
// one of them changes, also when a link is turned to another file. "" without TLS.
std::string files_fingerprint(const std::optional<policy::Listener::Tls>& tls);

// One TLS context and what it was made of. Immutable; any thread.
struct ServerTls {
  std::shared_ptr<const net::TlsServer> server;  // null: plain
  std::string files;                             // their fingerprint
  MonoTime loaded;
};

// As in the policy of the moment. Immutable once loaded; any thread.
struct Certificates {
  std::vector<ServerTls> listeners;
  ServerTls admin;  // plain also when there is no admin side

  // All or none. Errors name the file.
  static Result<Certificates> load(const policy::Snapshot& snapshot);
};

// Loads anew what has to be, each of them by itself: one certificate that is broken keeps no other
// from being renewed. Not thread-safe.
class CertificateRenewal {
 public:
  // A new TLS context has new ticket keys, so none is used for longer than this.
  static constexpr Duration kTicketKeyLife = std::chrono::hours(12);

  struct News {
    // With what was loaded; nothing when nothing was. What does not load stays as it was.
    std::optional<Certificates> renewed;
    // It was loaded because files changed, or had been told not to load: worth a line.
    bool changed = false;
    // Why something did not load, each reason once for the same files. It is tried again at every
    // look: what failed may have been the moment (no descriptor was free), not the files.
    std::vector<std::string> failures;
  };
  // `in_force` are those of `snapshot`. Loads those whose files are others than when they were
  // loaded, or whose ticket keys are of that age at `now`.
  News look(const policy::Snapshot& snapshot, const Certificates& in_force, MonoTime now);

 private:
  std::set<std::string> told_;  // fingerprints and reasons, until they are over
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
