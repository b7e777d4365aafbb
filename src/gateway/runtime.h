#pragma once
// What the control thread hands to the workers: a policy and its keys resolved, and everything
// that hangs on them. Replaced whole on each change; an exchange keeps the one it began with.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/certificates.h"
#include "gateway/request_log.h"
#include "gateway/trusted_proxies.h"
#include "gateway/upstream.h"
#include "http/server.h"
#include "identity/directory.h"
#include "limits/ledger.h"
#include "limits/table.h"
#include "net/spare_descriptor.h"

namespace gh::gateway {

// Immutable but for the counters; any thread.
struct Runtime {
  std::shared_ptr<const identity::Directory> directory;
  std::vector<std::shared_ptr<UpstreamState>> upstreams;  // as in the snapshot
  Certificates certificates;
  std::vector<std::shared_ptr<const http::ServerOptions>> server_options;  // by listener
  std::vector<TrustedProxies> proxies;                                     // by listener
  // Bytes of request bodies and large answers that are held, by tenant of the snapshot.
  std::vector<std::shared_ptr<std::atomic<std::uint64_t>>> tenant_body_bytes;
  // Of the keys it was made from: another state of them calls for another Runtime.
  std::int64_t keys_counter = 0;  // the store's change counter

  const policy::Snapshot& policy() const { return directory->policy(); }
};

// What outlives every policy. Thread-safe throughout.
struct Shared {
  // Addresses are an attacker's to choose, so they have a table of their own.
  limits::Table addresses{1 << 16};
  limits::Table principals{1 << 16};
  std::unique_ptr<limits::Ledger> ledger = std::make_unique<limits::OpenLedger>();
  std::unique_ptr<RequestLog> log;
  Secret pepper;
  Secret salt_key;
  WallTime started;
  net::SpareDescriptor spare;
  std::atomic<bool> draining{false};
};

}  // namespace gh::gateway
