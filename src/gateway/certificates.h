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

  // True, and the caller loads them, when their files, whose fingerprint is now `files`, are others
  // than those in force, or when the ticket keys are of that age. What does not load stays due, at
  // every look: what failed may have been the moment (no descriptor was free), not the files.
  bool due(const Certificates& in_force, const std::string& files, MonoTime now);

  // What is due did not load. True when that is news: once for the same `message` of the same
  // files.
  bool failed(const std::string& files, const std::string& message);

  // What is due was loaded. True when it was said before that it could not be.
  bool loaded();

 private:
  // The last failure that was told, until it is over; "" without one.
  std::string told_files_;
  std::string told_;
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
