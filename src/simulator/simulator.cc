#include "simulator/simulator.h"

#include <utility>

namespace gh::simulator {

Result<std::unique_ptr<Simulator>> Simulator::start(net::Loop& loop, Options options) {
  const std::string asked = options.listen;
  auto recorder = Recorder::open(options.record);
  if (!recorder) return std::unexpected(recorder.error());
  auto profile = Profile::make(std::move(options));
  if (!profile) return std::unexpected(profile.error());
  auto listener = net::listen_on(asked);
  if (!listener) return std::unexpected(listener.error());
  std::string address = net::bound_address(*listener, asked);
  return std::unique_ptr<Simulator>(new Simulator(loop, *std::move(profile), *std::move(listener),
                                                  std::move(address), *std::move(recorder)));
}

Simulator::Simulator(net::Loop& loop, Profile profile, Fd listener, std::string address,
                     Recorder recorder)
    : loop_(loop),
      engine_(std::move(profile), system_clock()),
      recorder_(std::move(recorder)),
      address_(std::move(address)),
      socket_file_(net::SocketFile::of(address_)),
      acceptor_(loop, spare_, std::move(listener), *this) {}

Simulator::~Simulator() = default;

void Simulator::on_accept(Fd fd, const net::Address& peer) {
  const std::uint64_t id = ++last_id_;
  ++engine_.counters().connections;
  ConnectionOwner& owner = *this;
  connections_.emplace(
      id, std::make_unique<Connection>(loop_, std::move(fd), peer, engine_, recorder_, id, owner));
}

void Simulator::on_end(Connection& connection) {
  auto node = connections_.extract(connection.id());
  --engine_.counters().connections;
  loop_.delete_later(std::move(node.mapped()));
}

}  // namespace gh::simulator
