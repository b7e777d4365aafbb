#pragma once
// A stand-in for `vllm serve` on one loop, for the demo, tests and benchmarks; README.md says how
// faithful it is. Loop thread only, except for address().

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "net/acceptor.h"
#include "net/loop.h"
#include "net/socket_file.h"
#include "simulator/connection.h"
#include "simulator/engine.h"
#include "simulator/options.h"
#include "simulator/recorder.h"

namespace gh::simulator {

class Simulator final : private net::AcceptorEvents, private ConnectionOwner {
 public:
  // Listens when this returns, before the loop runs. An error for options that make no sense, an
  // address that is taken and a record file that cannot be opened.
  static Result<std::unique_ptr<Simulator>> start(net::Loop& loop, Options options);
  ~Simulator();  // ends every connection
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  // "127.0.0.1:40123" or "unix:/path", with the real port.
  const std::string& address() const { return address_; }
  const Engine& engine() const { return engine_; }

 private:
  Simulator(net::Loop& loop, Profile profile, Fd listener, std::string address, Recorder recorder);
  void on_accept(Fd fd, const net::Address& peer) override;
  void on_shed() override {}
  void on_end(Connection& connection) override;

  net::Loop& loop_;
  Engine engine_;
  Recorder recorder_;
  std::string address_;
  net::SocketFile socket_file_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  net::SpareDescriptor spare_;
  net::Acceptor acceptor_;
};

}  // namespace gh::simulator
