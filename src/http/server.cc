#include "http/server.h"

#include <utility>
#include <vector>

#include "http/connection.h"

namespace gh::http {

struct Server::Impl final : Connection::Owner {
  Impl(net::Loop& the_loop, ServerEvents& events) : loop(the_loop), shared(events) {}

  void on_ended(Connection& connection) override {
    const std::size_t place = connection.place;
    std::unique_ptr<Connection> ended = std::move(open[place]);
    if (place + 1 != open.size()) {
      open[place] = std::move(open.back());
      open[place]->place = place;
    }
    open.pop_back();
    loop.delete_later(std::move(ended));
  }

  net::Loop& loop;
  Shared shared;
  std::vector<std::unique_ptr<Connection>> open;
};

Server::Server(net::Loop& loop, ServerEvents& events)
    : impl_(std::make_unique<Impl>(loop, events)) {}

Server::~Server() = default;

void Server::accept(Fd fd, const net::Address& peer, net::Stream::Accept how,
                    std::shared_ptr<const ServerOptions> options) {
  auto connection = std::make_unique<Connection>(impl_->loop, std::move(fd), peer, std::move(how),
                                                 std::move(options), impl_->shared, *impl_);
  connection->place = impl_->open.size();
  impl_->open.push_back(std::move(connection));
}

void Server::drain() {
  impl_->shared.draining = true;
  // Closing in order takes no connection off the list at once.
  for (std::size_t i = impl_->open.size(); i-- > 0;) impl_->open[i]->drain();
}

std::size_t Server::connections() const {
  return impl_->open.size();
}

}  // namespace gh::http
