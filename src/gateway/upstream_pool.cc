#include "gateway/upstream_pool.h"

#include <utility>

namespace gh::gateway {

UpstreamPool::UpstreamPool(net::Loop& loop, std::shared_ptr<UpstreamState> state)
    : loop_(loop), state_(std::move(state)), sweep_(loop, sweep, this) {}

UpstreamPool::~UpstreamPool() {
  for (Idle& idle : idle_) end(std::move(idle.connection));
}

void UpstreamPool::end(std::unique_ptr<http::ClientConnection> connection) {
  connection->close();
  loop_.delete_later(std::move(connection));
}

std::unique_ptr<http::ClientConnection> UpstreamPool::take_idle(UpstreamUrlState& url) {
  // The one that was used last is the warmest, and lets the others reach their end.
  for (std::size_t i = idle_.size(); i-- > 0;) {
    if (idle_[i].url != &url) continue;
    auto connection = std::move(idle_[i].connection);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    if (loop_.now() - connection->idle_since() < kKeepIdle &&
        url.trusts_from(connection->made_at()) && connection->fresh()) {
      return connection;
    }
    end(std::move(connection));
  }
  return nullptr;
}

std::expected<UpstreamPool::Fresh, net::ConnectError> UpstreamPool::connect(
    UpstreamUrlState& url, http::ClientLimits limits) {
  net::Stream::Connect how;
  net::Address to = net::Address::unix_socket();
  auto fd = [&]() -> std::expected<Fd, net::ConnectError> {
    if (url.url.scheme == policy::UpstreamUrl::Scheme::unix_socket) {
      return net::begin_connect_unix(url.url.host);
    }
    const auto address = url.next_address(loop_.now());
    if (!address) {
      return std::unexpected(
          net::ConnectError{{fmt::format("{}: the name has no address yet", url.url.host)}, true});
    }
    to = *address;
    if (url.url.scheme == policy::UpstreamUrl::Scheme::https) {
      how.tls = state_->tls();
      how.server_name = url.url.host;
    }
    return net::begin_connect(to);
  }();
  if (!fd) {
    // What is short for now is nobody's fault there.
    if (!fd.error().shortage) url.unreachable(to, loop_.now(), fd.error().message);
    return std::unexpected(std::move(fd.error()));
  }
  auto connection = std::make_unique<http::ClientConnection>(loop_, std::move(*fd), how, limits);
  return Fresh{std::move(connection), to};
}

void UpstreamPool::give_back(UpstreamUrlState& url,
                             std::unique_ptr<http::ClientConnection> connection) {
  if (!connection->reusable() || !url.trusts_from(connection->made_at())) {
    end(std::move(connection));
    return;
  }
  idle_.push_back({&url, std::move(connection)});
  if (!sweep_.armed()) sweep_.arm(loop_.now() + kKeepIdle);
}

void UpstreamPool::sweep(void* self) {
  auto& pool = *static_cast<UpstreamPool*>(self);
  const MonoTime now = pool.loop_.now();
  std::erase_if(pool.idle_, [&](Idle& idle) {
    const bool old =
        now - idle.connection->idle_since() >= kKeepIdle || !idle.connection->connected();
    if (old) pool.end(std::move(idle.connection));
    return old;
  });
  if (!pool.idle_.empty()) {
    pool.sweep_.arm(pool.idle_.front().connection->idle_since() + kKeepIdle);
  }
}

}  // namespace gh::gateway
