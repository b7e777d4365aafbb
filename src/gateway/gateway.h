#pragma once
// The control side: starts the workers, and keeps them supplied with the policy, the keys and the
// certificates of the moment. Everything here belongs to the control thread, whose loop is
// `control()`; the admin listener runs on it too.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/health.h"
#include "gateway/runtime.h"
#include "gateway/worker.h"
#include "net/resolver.h"
#include "net/socket_file.h"
#include "policy/load.h"
#include "store/key_store.h"

namespace gh::gateway {

struct ReloadCounts {
  std::uint64_t done = 0;
  std::uint64_t refused = 0;  // the old policy was kept
};

class Gateway {
 public:
  // Loads the policy, opens the state, binds the sockets; nothing runs yet. An error has every
  // reason, one per line.
  static Result<std::unique_ptr<Gateway>> open(const std::string& policy_file);
  ~Gateway();

  // Listeners with their real ports: "https://127.0.0.1:43121".
  const std::vector<std::string>& addresses() const { return addresses_; }
  net::Loop& control() { return loop_; }

  // Serves until a drain has ended. Handles SIGHUP, SIGTERM and SIGINT. Calls `ready` when it
  // serves and knows where its upstreams are, or has not found out within 3 s.
  void run(std::function<void()> ready);
  // As SIGTERM does.
  void drain();
  // As SIGHUP does: a policy that does not load, or that changes what only a restart can, is
  // refused and the one in force stays. The error has every reason with its place, one per line.
  Result<> reload();

  bool draining() const { return shared_.draining.load(std::memory_order_relaxed); }
  const std::shared_ptr<const Runtime>& runtime() const { return runtime_; }
  const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }
  const Shared& shared() const { return shared_; }
  net::SpareDescriptor& spare_descriptor() { return shared_.spare; }
  const ReloadCounts& reloads() const { return reloads_; }
  // False: the last look failed, and what has changed since the keys were read is not in force.
  bool key_store_readable() const { return key_trouble_.empty(); }
  WallTime policy_loaded() const { return policy_loaded_; }

 private:
  explicit Gateway(store::KeyStore store) : store_(std::move(store)) {}

  Result<std::shared_ptr<const Runtime>> make_runtime(
      const std::shared_ptr<const policy::Snapshot>& snapshot);
  std::shared_ptr<std::atomic<std::uint64_t>> body_bytes_of(const std::string& tenant) const;
  Result<> bind_sockets();
  void use(std::shared_ptr<const Runtime> runtime);
  void check_keys();
  Result<> look_for_keys();
  void check_certificates();
  void remember_certificate_dates();
  void worker_ended();
  void tell_ready();

  store::KeyStore store_;
  Shared shared_;
  net::Loop loop_;
  net::Resolver resolver_;
  HealthChecks health_{loop_, resolver_};
  std::string policy_file_;
  std::shared_ptr<const Runtime> runtime_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::string> addresses_;
  std::vector<std::vector<Fd>> sockets_;       // by worker, until run()
  std::vector<net::SocketFile> socket_files_;  // of the listeners
  std::size_t running_ = 0;                    // workers
  CertificateRenewal certificate_renewal_;
  CertificateDates certificate_dates_;
  std::string key_trouble_;  // why the keys could not be looked at the last time; "": they could
  ReloadCounts reloads_;
  WallTime policy_loaded_;
  std::unique_ptr<net::Timer> key_timer_;
  std::unique_ptr<net::Timer> certificate_timer_;
  std::unique_ptr<net::Timer> drain_timer_;
  std::unique_ptr<net::Timer> ready_timer_;
  std::function<void()> ready_;
};

}  // namespace gh::gateway
