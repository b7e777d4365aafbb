#include "gateway/worker.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "base/log.h"

namespace gh::gateway {

// One listener of the policy on this worker: accepts, counts connections, begins exchanges.
class Worker::Listener final : private net::AcceptorEvents, private http::ServerEvents {
 public:
  Listener(Worker& worker, std::size_t index, Fd socket)
      : worker_(worker),
        index_(index),
        server_(worker.loop_, *this),
        acceptor_(worker.loop_, worker.shared_.spare, std::move(socket), *this) {}

  void drain() {
    acceptor_.stop();
    server_.drain();
  }

  void take(Fd fd, const net::Address& peer) {
    const Runtime& runtime = *worker_.runtime_->runtime;
    server_.accept(std::move(fd), peer,
                   {.tls = runtime.certificates.listeners[index_].server,
                    .proxy_head = runtime.proxies[index_].sends_proxy_head(peer)},
                   runtime.server_options[index_]);
  }

 private:
  const policy::Listener& definition() const {
    return worker_.runtime_->runtime->policy().listeners[index_];
  }

  void on_accept(Fd fd, const net::Address& peer) override {
    Worker& taker = worker_.taker();
    if (&taker == &worker_) return take(std::move(fd), peer);
    taker.coming_.fetch_add(1, std::memory_order_relaxed);
    taker.loop_.post([&taker, index = index_, fd = std::move(fd), peer]() mutable {
      taker.coming_.fetch_sub(1, std::memory_order_relaxed);
      if (!taker.draining_) taker.listeners_[index]->take(std::move(fd), peer);
    });
  }

  void on_shed() override { worker_.metrics_.refused_connection("no_descriptors"); }

  bool on_connection(const net::Address& peer) override {
    const policy::Listener& listener = definition();
    limits::Table& table = worker_.shared_.addresses;
    // Nobody hears of a rule: a connection that is refused is only closed and counted.
    const policy::Concurrency all{.most = listener.connections, .rule = {}};
    const policy::Concurrency one{.most = listener.connections_per_ip, .rule = {}};
    const std::string address(peer.client_block());
    const std::array<limits::Ask, 2> asks = {
        limits::Ask{
            .subject = table.subject(limits::Scope::global, fmt::format("listener{}", index_)),
            .rate = nullptr,
            .concurrent = &all},
        limits::Ask{.subject = table.subject(limits::Scope::ip,
                                             fmt::format("{} {} connections", index_, address)),
                    .rate = nullptr,
                    .concurrent = &one}};
    // Connections over a Unix socket all come from one place, which is not one client; nor is a
    // balancer, whose connections hold requests of many.
    const bool count_address =
        peer.is_ip() && !worker_.runtime_->runtime->proxies[index_].forwards(peer);
    auto admitted = table.admit({asks.data(), count_address ? 2u : 1u}, worker_.loop_.now());
    if (!admitted) {
      worker_.metrics_.refused_connection(
          admitted.error().scope == limits::Scope::ip ? "per_ip_connections" : "connections");
      return false;
    }
    connections_.emplace(address, std::move(admitted->lease));
    ++worker_.metrics_.connections;
    return true;
  }

  void on_disconnection(const net::Address& peer) override {
    const auto entry = connections_.find(std::string(peer.client_block()));
    if (entry != connections_.end()) connections_.erase(entry);
    --worker_.metrics_.connections;
    worker_.finish_if_idle();
  }

  http::RequestEvents* on_request(http::ServerStream& stream,
                                  const http::RequestHead& head) override {
    return worker_.begin(index_, stream, head);
  }

  void on_bad_head(http::ServerStream& stream, http::Glitch glitch) override {
    worker_.refuse_head(index_, stream, glitch);
  }

  void on_glitch(http::Glitch glitch, const net::Address&) override {
    worker_.metrics_.glitch(glitch);
  }

  Worker& worker_;
  const std::size_t index_;
  // Address → the lease of one of its connections; which one does not matter.
  std::unordered_multimap<std::string, limits::Lease> connections_;
  http::Server server_;
  net::Acceptor acceptor_;
};

Worker::Worker(Shared& shared, std::shared_ptr<const Runtime> runtime, std::vector<Fd> sockets)
    : shared_(shared),
      pepper_(shared.pepper.reveal()),
      salts_(shared.salt_key.reveal()),
      departing_(loop_) {
  adopt(std::move(runtime));
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    listeners_.push_back(std::make_unique<Listener>(*this, i, std::move(sockets[i])));
  }
}

Worker::~Worker() {
  // Exchanges first: they hold upstream connections and client streams of what follows.
  for (Slot& slot : slots_) {
    if (slot.exchange != nullptr) slot.exchange->shut_down();
  }
  listeners_.clear();
}

void Worker::start(std::span<const std::unique_ptr<Worker>> all, std::function<void()> ended) {
  all_ = all;
  thread_ = std::thread([this, ended = std::move(ended)] {
    loop_.run();
    ended();
  });
}

Worker& Worker::taker() {
  const auto load = [](const Worker& worker) {
    return worker.metrics_.connections.load(std::memory_order_relaxed) +
           worker.coming_.load(std::memory_order_relaxed) + 1;
  };
  Worker* least = this;
  for (const std::unique_ptr<Worker>& other : all_) {
    if (load(*other) < load(*least)) least = other.get();
  }
  return load(*this) > 2 * load(*least) ? *least : *this;
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::adopt(std::shared_ptr<const Runtime> runtime) {
  auto next = std::make_shared<WorkerRuntime>();
  next->runtime = std::move(runtime);
  for (const std::shared_ptr<UpstreamState>& upstream : next->runtime->upstreams) {
    // An upstream that did not change keeps its warm connections.
    std::shared_ptr<UpstreamPool> pool;
    if (runtime_ != nullptr) {
      const auto same =
          std::find_if(runtime_->pools.begin(), runtime_->pools.end(),
                       [&](const auto& old) { return &old->state() == upstream.get(); });
      if (same != runtime_->pools.end()) pool = *same;
    }
    next->pools.push_back(pool != nullptr ? std::move(pool)
                                          : std::make_shared<UpstreamPool>(loop_, upstream));
  }
  runtime_ = std::move(next);
}

void Worker::use(std::shared_ptr<const Runtime> runtime) {
  loop_.post([this, runtime = std::move(runtime)]() mutable { adopt(std::move(runtime)); });
}

void Worker::drain() {
  loop_.post([this] {
    draining_ = true;
    for (auto& listener : listeners_) listener->drain();
    finish_if_idle();
  });
}

void Worker::stop() {
  loop_.post([this] {
    for (Slot& slot : slots_) {
      if (slot.exchange != nullptr) slot.exchange->shut_down();
    }
    // What was written above leaves at the end of this turn; stop in the next.
    loop_.post([this] { loop_.stop(); });
  });
}

void Worker::finish_if_idle() {
  if (draining_ && open_exchanges_ == 0 && metrics_.connections == 0) loop_.stop();
}

Exchange& Worker::open(std::size_t listener, http::ServerStream& stream) {
  std::uint32_t slot = 0;
  if (free_slots_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  const Handle handle{.slot = slot, .generation = ++slots_[slot].generation};
  slots_[slot].exchange = std::make_unique<Exchange>(*this, listener, stream, handle);
  ++open_exchanges_;
  ++metrics_.exchanges;
  return *slots_[slot].exchange;
}

http::RequestEvents* Worker::begin(std::size_t listener, http::ServerStream& stream,
                                   const http::RequestHead& head) {
  Exchange& exchange = open(listener, stream);
  exchange.begin(head);
  return &exchange;
}

void Worker::refuse_head(std::size_t listener, http::ServerStream& stream, http::Glitch glitch) {
  open(listener, stream).refuse_head(glitch);
}

Exchange* Worker::find(Handle handle) {
  if (handle.slot >= slots_.size()) return nullptr;
  const Slot& slot = slots_[handle.slot];
  return slot.generation == handle.generation ? slot.exchange.get() : nullptr;
}

void Worker::remove(Handle handle) {
  Slot& slot = slots_[handle.slot];
  ++slot.generation;
  loop_.delete_later(std::move(slot.exchange));
  free_slots_.push_back(handle.slot);
  --open_exchanges_;
  --metrics_.exchanges;
  shrink_later();
  finish_if_idle();
}

std::expected<json::Document, json::ParseError> Worker::parse_request(std::string_view padded) {
  ++parse_serial_;
  return request_parser_.parse_padded(padded);
}

// The document may be in use on the way here.
void Worker::shrink_later() {
  if (has_grown()) loop_.post([this] { shrink(); });
}

bool Worker::has_grown() const {
  return request_parser_.capacity() > kKept || answer_parser_.capacity() > kKept ||
         event_scratch_.capacity() > kKept;
}

void Worker::shrink() {
  request_parser_.shrink(kKept);
  ++parse_serial_;
  answer_parser_.shrink(kKept);
  if (event_scratch_.capacity() > kKept) std::string().swap(event_scratch_);
}

WallTime Worker::wall_now() {
  // One reading per turn; the monotonic clock says when the turn has changed.
  if (wall_read_at_ != loop_.now()) {
    wall_read_at_ = loop_.now();
    wall_ = system_clock().wall();
  }
  return wall_;
}

bool Worker::hold_body_bytes(std::uint64_t bytes, std::uint64_t most) {
  if (bytes > most || body_bytes_ > most - bytes) return false;
  body_bytes_ += bytes;
  metrics_.body_bytes = static_cast<std::int64_t>(body_bytes_);
  return true;
}

void Worker::release_body_bytes(std::uint64_t bytes) {
  body_bytes_ -= bytes;
  metrics_.body_bytes = static_cast<std::int64_t>(body_bytes_);
}

}  // namespace gh::gateway
