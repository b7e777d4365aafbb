#pragma once
// Names to addresses, on a thread of its own because getaddrinfo blocks. Literal addresses are
// answered at once. Answers are kept for 30 s, failures for 2 s; a name that stops resolving keeps
// its last answer. `resolve` is for any loop's thread; the answer comes there. The loops must
// outlive the resolver.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/address.h"
#include "net/loop.h"

namespace gh::net {

class Resolver {
 public:
  using Answer = std::move_only_function<void(Result<std::vector<Address>>)>;

  Resolver();
  // Open questions get no answer; what they hold ends here, on the caller's thread.
  ~Resolver();

  // Calls `answer` once on `loop`, perhaps before this returns. Not empty, in resolver's order,
  // with `port` in each.
  void resolve(Loop& loop, const std::string& host, std::uint16_t port, Answer answer);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace gh::net
