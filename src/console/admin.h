#pragma once
// The admin listener: GET /healthz, /readyz and /metrics. On the control thread's loop, so that it
// answers whatever the workers are doing. On loopback and Unix sockets it is plain; elsewhere the
// policy demands TLS with client certificates, which are the credential.

#include <memory>
#include <string>

#include "gateway/gateway.h"

namespace gh::console {

class Admin {
 public:
  // Binds the policy's `admin` address; without one there is no admin listener and null is fine.
  static Result<std::unique_ptr<Admin>> open(gateway::Gateway& gateway);
  ~Admin();

  // "http://127.0.0.1:9443" with the real port.
  const std::string& address() const;

 private:
  class Listener;
  explicit Admin(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

}  // namespace gh::console
