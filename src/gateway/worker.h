#pragma once
// One thread of the data path: a loop with its own listening sockets, exchanges, upstream
// connections and counters. Nothing here is shared but what Shared, Runtime and UpstreamState hold.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/ids.h"
#include "crypto/crypto.h"
#include "gateway/exchange.h"
#include "gateway/metrics.h"
#include "gateway/runtime.h"
#include "http/server.h"
#include "isolation/salt.h"
#include "json/json.h"
#include "net/acceptor.h"
#include "net/loop.h"

namespace gh::gateway {

// A Runtime as one worker uses it. Loop thread only, apart from the last release.
struct WorkerRuntime {
  std::shared_ptr<const Runtime> runtime;
  std::vector<std::shared_ptr<UpstreamPool>> pools;  // as Runtime::upstreams
};

class Worker {
 public:
  // `sockets`: one listening socket per listener of the policy.
  Worker(Shared& shared, std::shared_ptr<const Runtime> runtime, std::vector<Fd> sockets);
  ~Worker();  // after join()

  // `all` are the workers of the gateway, this one too; they live until all are joined. `ended` is
  // called on the worker's thread when its loop has ended.
  void start(std::span<const std::unique_ptr<Worker>> all, std::function<void()> ended);
  // Any thread: from the next request on.
  void use(std::shared_ptr<const Runtime> runtime);
  // Any thread: stops accepting; ends when the last exchange has, or when told to stop().
  void drain();
  // Any thread: breaks what is open and ends.
  void stop();
  void join();
  // On the loop's thread: a request that `listener` of the policy has taken. What is returned is
  // alive until the end of this turn, even when the request is answered by then.
  http::RequestEvents* begin(std::size_t listener, http::ServerStream& stream,
                             const http::RequestHead& head);
  // The same for one whose head was refused; it has been answered when this returns.
  void refuse_head(std::size_t listener, http::ServerStream& stream, http::Glitch glitch);

  Metrics& metrics() { return metrics_; }
  const Metrics& metrics() const { return metrics_; }

  // For exchanges, on the loop's thread.
  net::Loop& loop() { return loop_; }
  Shared& shared() { return shared_; }
  const std::shared_ptr<WorkerRuntime>& runtime() const { return runtime_; }
  // Request documents; each parse invalidates the one before, and moves the serial on.
  std::expected<json::Document, json::ParseError> parse_request(std::string_view padded);
  std::uint64_t parse_serial() const { return parse_serial_; }
  json::Parser& answer_parser() { return answer_parser_; }
  crypto::Hmac& pepper() { return pepper_; }
  isolation::SaltMaker& salts() { return salts_; }
  RequestId next_id() { return ids_.next(); }
  WallTime wall_now();
  // A string that keeps its capacity, for what is about to be sent.
  std::string& event_scratch() { return event_scratch_; }
  // Gives back, in the next turn, what long documents have left of memory here.
  void shrink_later();
  // Null for an exchange that has ended.
  Exchange* find(Handle handle);
  DepartingPlaces& departing() { return departing_; }
  void remove(Handle handle);
  // Whether `bytes` more request body fit into this worker's share.
  bool hold_body_bytes(std::uint64_t bytes, std::uint64_t most);
  void release_body_bytes(std::uint64_t bytes);

 private:
  class Listener;
  // Of the memory for reading and writing documents, from one to the next.
  static constexpr std::size_t kKept = 1 << 20;
  struct Slot {
    std::uint32_t generation = 0;
    std::unique_ptr<Exchange> exchange;
  };

  // Who shall have the next connection: the kernel deals them by a hash, which is lumpy for few
  // long ones. This worker, unless it has more than twice as many as another.
  Worker& taker();
  Exchange& open(std::size_t listener, http::ServerStream& stream);
  void adopt(std::shared_ptr<const Runtime> runtime);
  void finish_if_idle();
  bool has_grown() const;
  void shrink();

  Shared& shared_;
  std::span<const std::unique_ptr<Worker>> all_;
  net::Loop loop_;
  std::shared_ptr<WorkerRuntime> runtime_;
  json::Parser request_parser_;
  std::uint64_t parse_serial_ = 0;
  json::Parser answer_parser_;
  crypto::Hmac pepper_;
  isolation::SaltMaker salts_;
  RequestIds ids_;
  DepartingPlaces departing_;
  Metrics metrics_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::size_t open_exchanges_ = 0;
  std::uint64_t body_bytes_ = 0;
  MonoTime wall_read_at_;
  WallTime wall_;
  std::string event_scratch_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::atomic<std::int64_t> coming_{0};  // connections that others have handed over
  bool draining_ = false;
  std::thread thread_;
};

}  // namespace gh::gateway
