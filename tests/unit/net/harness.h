#pragma once
// What the tests of net share: a loop that is driven until something is true or a deadline fails
// the test, socket pairs, and an owner of a stream that writes down what it is told.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/loop.h"
#include "net/socket.h"
#include "net/stream.h"

namespace gh::net::test {

inline constexpr auto kDeadline = std::chrono::seconds(20);  // far more than sanitizers need

// Runs the loop until `done()`, which is asked at the end of each turn, when all is flushed; false
// when the deadline passes first. `turns` counts the turns.
bool drive(Loop& loop, const std::function<bool()>& done, int* turns = nullptr,
           Duration deadline = kDeadline);
// The same with a turn at least each millisecond, for a `done` that moves a peer outside the loop.
bool pump(Loop& loop, const std::function<bool()>& done);
// Turns the loop for this long and says how many turns it took: a loop with nothing to do sleeps.
int turns_within(Loop& loop, Duration time);

std::pair<Fd, Fd> unix_pair();  // non-blocking
// Keeps the bounds of writes: each read gives one.
std::pair<Fd, Fd> packet_pair();
std::pair<Fd, Fd> tcp_pair();  // non-blocking, loopback
// All that can be read from `fd` now; sets `ended` at end of file or error.
std::string read_now(const Fd& fd, bool* ended = nullptr);
// Sends all or fails the test; the kernel must have room.
void send_now(const Fd& fd, std::string_view bytes);
// Whether the other end of a unix_pair has read all that was sent.
bool all_read_by_peer(const Fd& fd);

// Whether this machine has ::1.
bool has_ipv6();

// A directory that goes with the object.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string path(std::string_view name) const;
  // Writes a file and returns its path.
  std::string write(std::string_view name, std::string_view bytes) const;

 private:
  std::string root_;
};

// Owns a stream as a gateway's connection would. The hooks run inside the callbacks.
struct Owner : StreamEvents {
  explicit Owner(Loop& l) : loop(l) {}
  virtual ~Owner() = default;

  bool on_peer(const Address& address) override;
  void on_open() override;
  void on_data(std::string_view bytes) override;
  void on_drained() override;
  void on_close(CloseReason why, std::string_view text) override;

  void accept(Fd fd, Stream::Accept how = {}, const Address& peer = Address::unix_socket());
  void connect(Fd fd, const Stream::Connect& how = {});
  // Ends the stream as an owner should: close and defer.
  void drop();
  bool closed() const { return !reason.empty(); }

  Loop& loop;
  std::unique_ptr<Stream> stream;
  std::string log;  // "peer open data drained close", what happened in order, data once per run
  std::string data;
  Address peer;
  std::string reason;  // name of the CloseReason
  std::string detail;
  int closes = 0;
  int opens = 0;
  int drains = 0;
  std::function<bool()> at_peer;
  std::function<void()> at_open, at_data, at_drained, at_close;

 private:
  void note(std::string_view what);
};

}  // namespace gh::net::test
