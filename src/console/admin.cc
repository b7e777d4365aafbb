#include "console/admin.h"

#include <array>
#include <map>

#include "console/routes.h"
#include "http/server.h"
#include "net/acceptor.h"
#include "net/socket_file.h"

namespace gh::console {
class Admin::Listener final : private net::AcceptorEvents,
                              private http::ServerEvents,
                              private http::RequestEvents {
 public:
  Listener(gateway::Gateway& gateway, Fd socket, std::string address)
      : gateway_(gateway),
        socket_file_(net::SocketFile::of(gateway.runtime()->policy().admin->address)),
        address_(std::move(address)),
        // A probe has little to say: what is slower holds a connection for nothing.
        options_(std::make_shared<const http::ServerOptions>(
            http::ServerOptions{.handshake_timeout = std::chrono::seconds(5),
                                .head_timeout = std::chrono::seconds(5),
                                .keep_alive_timeout = std::chrono::seconds(30)})),
        server_(gateway.control(), *this),
        acceptor_(gateway.control(), gateway.spare_descriptor(), std::move(socket), *this) {}

  const std::string& address() const { return address_; }

 private:
  static constexpr std::size_t kMostConnections = 64;
  // So that one host does not shut out the others, whose probes decide about a restart.
  static constexpr std::size_t kMostOfOneAddress = 32;

  void on_accept(Fd fd, const net::Address& peer) override {
    server_.accept(std::move(fd), peer, {.tls = gateway_.runtime()->certificates.admin.server},
                   options_);
  }
  void on_shed() override {}
  bool on_connection(const net::Address& peer) override {
    if (server_.connections() > kMostConnections) return false;
    if (!peer.is_ip()) return true;
    const auto of_one = open_.try_emplace(std::string(peer.client_block()), 0).first;
    if (of_one->second >= kMostOfOneAddress) return false;
    ++of_one->second;
    return true;
  }
  void on_disconnection(const net::Address& peer) override {
    const auto of_one = open_.find(peer.client_block());
    if (of_one != open_.end() && --of_one->second == 0) open_.erase(of_one);
  }
  void on_bad_head(http::ServerStream&, http::Glitch) override {}
  void on_glitch(http::Glitch, const net::Address&) override {}

  http::RequestEvents* on_request(http::ServerStream& stream,
                                  const http::RequestHead& head) override {
    const Reply reply = answer(gateway_, head,
                               {.peer = stream.peer(),
                                .tls = gateway_.runtime()->certificates.admin.server != nullptr,
                                .certificate = stream.has_client_certificate()});
    const std::array<http::Field, 2> fields = {
        http::Field{.name = "content-type", .value = reply.content_type},
        http::Field{.name = "cache-control", .value = "no-store"}};
    stream.send_head(
        {.status = reply.status, .fields = fields, .content_length = reply.body.size()});
    stream.send_data(reply.body);
    stream.finish();
    return this;  // answered: nothing more will be called
  }

  void on_body(std::string_view, std::uint64_t) override {}
  void on_body_end() override {}
  void on_writable() override {}
  void on_gone() override {}
  void on_slow_reader() override {}
  void on_bad_body(http::Glitch, int) override {}

  gateway::Gateway& gateway_;
  const net::SocketFile socket_file_;
  const std::string address_;
  std::shared_ptr<const http::ServerOptions> options_;
  std::map<std::string, std::size_t, std::less<>> open_;  // connections of each address
  http::Server server_;
  net::Acceptor acceptor_;
};

Result<std::unique_ptr<Admin>> Admin::open(gateway::Gateway& gateway) {
  const auto& definition = gateway.runtime()->policy().admin;
  if (!definition) return nullptr;
  auto socket = net::listen_on(definition->address);
  if (!socket) return std::unexpected(socket.error());
  std::string address =
      (definition->tls ? "https://" : "http://") + net::bound_address(*socket, definition->address);
  return std::unique_ptr<Admin>(
      new Admin(std::make_unique<Listener>(gateway, std::move(*socket), std::move(address))));
}

Admin::Admin(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
Admin::~Admin() = default;

const std::string& Admin::address() const {
  return listener_->address();
}

}  // namespace gh::console
