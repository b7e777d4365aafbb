#pragma once
// The TLS contexts of every listener and of the admin side, as their files are at one moment.

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

}  // namespace gh::gateway
