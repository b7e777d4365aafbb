#pragma once
// One worker's connections to one upstream. An idle connection is kept for 4 s at most: uvicorn
// closes at 5 s (vLLM 0.32, measured), and a request must never meet that moment. Loop thread only.

#include <expected>
#include <memory>
#include <vector>

#include "gateway/upstream.h"
#include "http/client.h"
#include "net/loop.h"
#include "net/socket.h"

namespace gh::gateway {

class UpstreamPool {
 public:
  static constexpr auto kKeepIdle = std::chrono::seconds(4);

  UpstreamPool(net::Loop& loop, std::shared_ptr<UpstreamState> state);
  ~UpstreamPool();

  UpstreamState& state() { return *state_; }
  net::Loop& loop() { return loop_; }

  // A connection to `url` that is fit for a request: an idle one that has been checked, or null.
  std::unique_ptr<http::ClientConnection> take_idle(UpstreamUrlState& url);
  struct Fresh {
    std::unique_ptr<http::ClientConnection> connection;
    net::Address to;  // for the URL's reached() or unreachable()
  };
  // A new one, connecting. An error when that cannot even begin; the URL has been told of it.
  std::expected<Fresh, net::ConnectError> connect(UpstreamUrlState& url,
                                                  http::ClientLimits limits = {});
  // Takes it back for reuse, or ends it when it is not reusable.
  void give_back(UpstreamUrlState& url, std::unique_ptr<http::ClientConnection> connection);

 private:
  struct Idle {
    UpstreamUrlState* url;
    std::unique_ptr<http::ClientConnection> connection;
  };
  static void sweep(void* self);
  void end(std::unique_ptr<http::ClientConnection> connection);

  net::Loop& loop_;
  std::shared_ptr<UpstreamState> state_;
  std::vector<Idle> idle_;  // in the order of their becoming idle
  net::Timer sweep_;
};

}  // namespace gh::gateway
