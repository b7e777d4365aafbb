#include "gateway/health.h"

#include <utility>

#include "base/log.h"
#include "gateway/upstream_call.h"

namespace gh::gateway {
namespace {

// A little longer than the resolver keeps an answer, and a failure.
constexpr auto kResolveEvery = std::chrono::seconds(31);
constexpr auto kResolveAgain = std::chrono::seconds(3);
constexpr auto kAnswerBy = std::chrono::seconds(5);
constexpr auto kConnectAgain = std::chrono::seconds(1);
constexpr http::ClientLimits kAnswer{.body_bytes = 64 << 10};  // vLLM's is empty

}  // namespace

// One URL of one upstream. Shared only with the resolver's answer, which may come late.
class HealthChecks::Check final : public std::enable_shared_from_this<HealthChecks::Check>,
                                  private http::AnswerEvents {
 public:
  Check(HealthChecks& owner, net::Loop& loop, net::Resolver& resolver,
        std::shared_ptr<UpstreamState> upstream, UpstreamUrlState& url)
      : owner_(owner),
        loop_(loop),
        resolver_(resolver),
        pool_(loop, upstream),
        upstream_(std::move(upstream)),
        url_(url),
        timer_(loop, tick, this),
        resolve_timer_(loop, resolve_again, this) {}

  ~Check() { drop(); }

  void begin() {
    if (url_.url.scheme == policy::UpstreamUrl::Scheme::unix_socket) return looked_up();
    resolve();
  }

 private:
  static void tick(void* self) { static_cast<Check*>(self)->tick(); }
  static void resolve_again(void* self) { static_cast<Check*>(self)->resolve(); }

  void resolve() {
    resolve_timer_.arm(loop_.now() + kResolveEvery);
    resolver_.resolve(
        loop_, url_.url.host, url_.url.port,
        [weak = weak_from_this()](const Result<std::vector<net::Address>>& addresses) {
          if (const auto check = weak.lock()) check->resolved(addresses);
        });
  }

  void resolved(const Result<std::vector<net::Address>>& addresses) {
    if (addresses) {
      addresses_ = addresses->size();
      url_.set_addresses(*addresses);
      if (std::exchange(unknown_, false)) {
        log::info("upstream {}: {} has an address now", upstream_->definition().name,
                  url_.url.host);
      }
    } else {
      resolve_timer_.arm(loop_.now() + kResolveAgain);
      if (!std::exchange(unknown_, true)) {
        log::warn("upstream {}: {}", upstream_->definition().name, addresses.error().message);
      }
    }
    looked_up();
  }

  // What was looked up first can be probed; before, it would only seem to be down.
  void looked_up() {
    if (std::exchange(looked_up_, true)) return;
    timer_.arm(loop_.now());
    owner_.looked_up();
  }

  bool asks() const { return upstream_->definition().health.has_value(); }

  void tick() {
    if (connection_ != nullptr) {
      return connection_->connected() ? finished(false, "no answer in time")
                                      : not_connected("no connection in time");
    }
    if (!asks() && std::exchange(begun_, true) && url_.healthy()) return again();
    probe();
  }

  void probe() {
    timer_.arm(loop_.now() + kAnswerBy);
    auto fresh = pool_.connect(url_, kAnswer);
    if (!fresh) {
      // A shortage says nothing of it; of anything else the URL has been told.
      if (!fresh.error().shortage && ++tried_ < addresses_) return timer_.arm(loop_.now());
      return again();
    }
    connection_ = std::move(fresh->connection);
    to_ = fresh->to;
    status_ = 0;
    if (!asks()) return connection_->send({}, {}, *this);  // on_connected() says enough
    std::string head = "GET /health HTTP/1.1\r\nHost: ";
    append_host(head, url_.url);
    head += "\r\nUser-Agent: gatehouse\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    connection_->send(head, {}, *this);
  }

  void on_connected() override {
    if (asks()) return;
    url_.reached(to_);
    drop();
    url_.is_up();
    again();
  }
  void on_answer_head(const http::AnswerHead& head) override {
    url_.reached(to_);
    status_ = head.status;
  }
  void on_answer_data(std::string_view) override {}
  void on_answer_end() override {
    finished(status_ == 200, fmt::format("/health answered {}", status_));
  }
  void on_answer_failed(http::ClientFailure failure, std::string_view detail) override {
    never_connected(failure) ? not_connected(detail) : finished(false, detail);
  }

  // Where the name has more addresses, those are asked at once.
  void not_connected(std::string_view why) {
    url_.unreachable(to_, loop_.now(), why);
    drop();
    if (++tried_ < addresses_) return timer_.arm(loop_.now());
    again();
  }

  void finished(bool well, std::string_view why) {
    drop();
    if (well) {
      url_.is_up();
    } else {
      url_.failed(loop_.now(), UpstreamUrlState::Failure::down, why);
    }
    again();
  }

  void again() {
    tried_ = 0;
    timer_.arm(loop_.now() + (asks() ? *upstream_->definition().health : kConnectAgain));
  }

  void drop() {
    if (connection_ == nullptr) return;
    connection_->close();
    loop_.delete_later(std::move(connection_));
  }

  HealthChecks& owner_;  // destroys this, and so outlives it
  net::Loop& loop_;
  net::Resolver& resolver_;
  UpstreamPool pool_;
  std::shared_ptr<UpstreamState> upstream_;
  UpstreamUrlState& url_;
  std::unique_ptr<http::ClientConnection> connection_;
  net::Address to_;  // of the connection
  std::size_t addresses_ = 1;
  std::size_t tried_ = 0;  // of them, since a connection could be made
  net::Timer timer_;
  net::Timer resolve_timer_;
  int status_ = 0;
  bool looked_up_ = false;
  bool begun_ = false;
  bool unknown_ = false;  // the name, when it was looked up last; said once
};

HealthChecks::HealthChecks(net::Loop& loop, net::Resolver& resolver)
    : loop_(loop), resolver_(resolver) {}

HealthChecks::~HealthChecks() = default;

void HealthChecks::watch(const std::vector<std::shared_ptr<UpstreamState>>& upstreams,
                         std::function<void()> resolved) {
  checks_.clear();
  for (const auto& upstream : upstreams) {
    for (const auto& url : upstream->urls()) {
      checks_.push_back(std::make_shared<Check>(*this, loop_, resolver_, upstream, *url));
    }
  }
  looking_up_ = checks_.size();
  resolved_ = std::move(resolved);
  for (const auto& check : checks_) check->begin();
}

void HealthChecks::looked_up() {
  if (--looking_up_ == 0 && resolved_) std::exchange(resolved_, {})();
}

}  // namespace gh::gateway
