#include "harness.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace gh::net::test {

bool drive(Loop& loop, const std::function<bool()>& done, int* turns, Duration deadline) {
  struct Watch {
    const std::function<bool()>& done;
    int turns = 0;
    bool late = false;
    bool is_done = false;
  } watch{done};
  Timer timer(loop, [](void* self) { static_cast<Watch*>(self)->late = true; }, &watch);
  timer.arm(system_clock().mono() + deadline);
  ev_prepare at_end;
  ev_prepare_init(&at_end, [](struct ev_loop* raw, ev_prepare* watcher, int) {
    auto& w = *static_cast<Watch*>(watcher->data);
    ++w.turns;
    w.is_done = w.done();
    if (w.is_done || w.late) ev_break(raw, EVBREAK_ALL);
  });
  ev_set_priority(&at_end, EV_MINPRI);  // after the loop's own
  at_end.data = &watch;
  ev_prepare_start(loop.raw(), &at_end);
  loop.run();
  ev_prepare_stop(loop.raw(), &at_end);
  if (turns != nullptr) *turns = watch.turns;
  return watch.is_done;
}

int turns_within(Loop& loop, Duration time) {
  int turns = 0;
  EXPECT_FALSE(drive(loop, [] { return false; }, &turns, time));
  return turns;
}

bool pump(Loop& loop, const std::function<bool()>& done) {
  struct Tick {
    static void again(void* self) {
      auto& tick = *static_cast<Tick*>(self);
      tick.timer.arm(tick.loop.now() + std::chrono::milliseconds(1));
    }
    Loop& loop;
    Timer timer{loop, again, this};
  } tick{loop};
  Tick::again(&tick);
  return drive(loop, done);
}

namespace {

std::pair<Fd, Fd> local_pair(int type) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  return {Fd(ends[0]), Fd(ends[1])};
}

}  // namespace

std::pair<Fd, Fd> unix_pair() {
  return local_pair(SOCK_STREAM);
}

std::pair<Fd, Fd> packet_pair() {
  return local_pair(SOCK_SEQPACKET);
}

std::pair<Fd, Fd> tcp_pair() {
  auto listener = listen_on("127.0.0.1:0");
  EXPECT_TRUE(listener);
  sockaddr_storage where{};
  socklen_t size = sizeof where;
  getsockname(listener->get(), reinterpret_cast<sockaddr*>(&where), &size);
  Fd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&where), size), 0);
  int on = 1;
  ioctl(client.get(), FIONBIO, &on);
  Fd server(accept4(listener->get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  EXPECT_TRUE(server.valid());
  return {std::move(server), std::move(client)};
}

std::string read_now(const Fd& fd, bool* ended) {
  std::string out;
  char bytes[65536];
  while (true) {
    const ssize_t got = recv(fd.get(), bytes, sizeof bytes, 0);
    if (got > 0) {
      out.append(bytes, static_cast<std::size_t>(got));
      continue;
    }
    if (ended != nullptr && (got == 0 || errno != EAGAIN)) *ended = true;
    return out;
  }
}

void send_now(const Fd& fd, std::string_view bytes) {
  EXPECT_EQ(send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

bool all_read_by_peer(const Fd& fd) {
  int held = 0;
  EXPECT_EQ(ioctl(fd.get(), TIOCOUTQ, &held), 0);
  return held == 0;
}

bool has_ipv6() {
  const Fd fd(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  return fd.valid() && bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

TempDir::TempDir() {
  char name[] = "/tmp/gatehouse-net-XXXXXX";
  EXPECT_NE(mkdtemp(name), nullptr);
  root_ = name;
}

TempDir::~TempDir() {
  std::filesystem::remove_all(root_);
}

std::string TempDir::path(std::string_view name) const {
  return root_ + "/" + std::string(name);
}

std::string TempDir::write(std::string_view name, std::string_view bytes) const {
  std::ofstream(path(name), std::ios::binary) << bytes;
  return path(name);
}

void Owner::note(std::string_view what) {
  if (log.ends_with(what) && what == "data") return;
  if (!log.empty()) log += ' ';
  log += what;
}

bool Owner::on_peer(const Address& address) {
  note("peer");
  peer = address;
  return at_peer ? at_peer() : true;
}

void Owner::on_open() {
  note("open");
  ++opens;
  if (at_open) at_open();
}

void Owner::on_data(std::string_view bytes) {
  note("data");
  data += bytes;
  if (at_data) at_data();
}

void Owner::on_drained() {
  note("drained");
  ++drains;
  if (at_drained) at_drained();
}

void Owner::on_close(CloseReason why, std::string_view text) {
  note("close");
  reason = name(why);
  detail = text;
  ++closes;
  if (at_close) at_close();
}

void Owner::accept(Fd fd, Stream::Accept how, const Address& address) {
  stream = Stream::accept(loop, std::move(fd), address, std::move(how), *this);
}

void Owner::connect(Fd fd, const Stream::Connect& how) {
  stream = Stream::connect(loop, std::move(fd), how, *this);
}

void Owner::drop() {
  stream->close();
  loop.delete_later(std::move(stream));
}

}  // namespace gh::net::test
