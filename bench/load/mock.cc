// bench_mock: the upstream of the benchmark, a vLLM that costs next to nothing.
//
//   bench_mock [--listen 127.0.0.1:0] [--pace flood|timed] [--events N] [--period-us N] [--slots N]
//
// Prints "listening ADDRESS". Without --pace every chat request gets one completion. With it, each
// gets an SSE stream of N content events (0: without end): `flood` sends one event per stream and
// turn as fast as sockets take them; `timed` gives every stream a place in one of `slots` phases of
// a period. One slot is an engine's step, many slots are streams out of step.

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "wire.h"

namespace gh::bench {
namespace {

struct Pace {
  bool stream = false;
  bool timed = false;
  unsigned events = 0;  // 0 = without end
  std::uint64_t period_us = 5000;
  unsigned slots = 1;
};

struct Connection {
  int fd = -1;
  std::string head;  // of the request, until its blank line
  std::size_t body_left = 0;
  bool in_body = false;
  bool wants_usage = false;  // of the stream being sent
  bool streaming = false;
  unsigned sent = 0;   // events of it
  std::string unsent;  // what the socket did not take
};

std::string with_length(std::string_view type, std::string_view body) {
  std::string out = "HTTP/1.1 200 OK\r\ndate: Mon, 23 Nov 2026 17:52:09 GMT\r\nserver: uvicorn\r\n";
  out.append("content-length: ").append(std::to_string(body.size()));
  out.append("\r\ncontent-type: ").append(type).append("\r\n\r\n").append(body);
  return out;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Zero when the head names none.
std::size_t content_length(std::string_view head) {
  static constexpr std::string_view kName = "content-length:";
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const auto found = std::search(head.begin(), head.end(), kName.begin(), kName.end(), same);
  if (found == head.end()) return 0;
  const char* begin = &*found + kName.size();
  const char* const end = head.data() + head.size();
  while (begin < end && *begin == ' ') ++begin;
  std::size_t value = 0;
  std::from_chars(begin, end, value);
  return value;
}

class Mock {
 public:
  Mock(int listener, const Pace& pace) : listener_(listener), pace_(pace) {
    completion_ = with_length("application/json", completion_body());
    health_ = with_length("text/plain", "");
    stream_head_ =
        "HTTP/1.1 200 OK\r\ndate: Mon, 23 Nov 2026 17:52:10 GMT\r\nserver: uvicorn\r\n"
        "content-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
    const unsigned kinds = std::max(2u, pace.events);
    for (const bool usage : {false, true}) {
      auto& events = usage ? with_usage_ : without_usage_;
      for (unsigned i = 0; i < kinds; ++i) {
        const Event kind = i == 0                 ? Event::role
                           : i + 1 == pace.events ? Event::finish
                                                  : Event::content;
        events.push_back(stream_event(kind, i, usage));
      }
    }
    final_usage_ = stream_event(Event::usage, kinds, true);
    done_ = stream_event(Event::done, 0, false);
    slots_.resize(pace.timed ? pace.slots : 1);
  }

  void run() {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    watch(listener_, EPOLLIN, nullptr);
    if (pace_.timed) start_timer();
    std::array<epoll_event, 512> events;
    while (true) {
      const int ready = epoll_wait(epoll_, events.data(), int{events.size()}, timeout());
      if (ready < 0 && errno != EINTR) die_errno("epoll_wait");
      for (int i = 0; i < ready; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr) {
          accept_all();
        } else if (event.data.ptr == &timer_) {
          tick();
        } else {
          auto* connection = static_cast<Connection*>(event.data.ptr);
          if ((event.events & EPOLLOUT) != 0) flush(*connection);
          if ((event.events & ~unsigned{EPOLLOUT}) != 0) read_all(*connection);
        }
      }
      if (!pace_.timed) send_to(slots_[0]);
      bury();
    }
  }

 private:
  using Slot = std::vector<Connection*>;

  void watch(int fd, unsigned events, void* data) {
    epoll_event event{.events = events, .data = {.ptr = data}};
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) die_errno("epoll_ctl");
  }

  void start_timer() {
    timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    const auto ns = static_cast<long>(pace_.period_us * 1000 / pace_.slots);
    const timespec step{.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
    const itimerspec spec{.it_interval = step, .it_value = step};
    if (timerfd_settime(timer_, 0, &spec, nullptr) != 0) die_errno("timerfd");
    watch(timer_, EPOLLIN, &timer_);
  }

  // A flood spins while a stream can be written to.
  int timeout() const {
    if (pace_.timed) return -1;
    const auto writable = [](const Connection* c) { return c->unsent.empty(); };
    return std::ranges::any_of(slots_[0], writable) ? 0 : -1;
  }

  void accept_all() {
    for (int fd = 0; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      connections_.push_back(std::make_unique<Connection>());
      connections_.back()->fd = fd;
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, connections_.back().get());
    }
  }

  void read_all(Connection& c) {
    static std::array<char, 1 << 18> buffer;
    while (c.fd >= 0) {
      const ssize_t got = recv(c.fd, buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) return close_connection(c);
      take(c, {buffer.data(), static_cast<std::size_t>(got)});
      // A short read emptied the socket; an edge will tell of more.
      if (static_cast<std::size_t>(got) < buffer.size()) return;
    }
  }

  void take(Connection& c, std::string_view bytes) {
    while (!bytes.empty()) {
      if (!c.in_body) {
        const std::size_t before = c.head.size();
        c.head += bytes;
        const auto end = c.head.find("\r\n\r\n");
        if (end == std::string::npos) return;
        bytes.remove_prefix(end + 4 - before);
        c.head.resize(end);
        c.body_left = content_length(c.head);
        c.in_body = true;
        c.wants_usage = false;
      }
      const std::string_view body = bytes.substr(0, c.body_left);
      // Cut by a read in the very middle, the words would be missed; small bodies come whole.
      if (pace_.stream) c.wants_usage |= contains(body, R"("continuous_usage_stats":true)");
      c.body_left -= body.size();
      bytes.remove_prefix(body.size());
      if (c.body_left > 0) return;
      answer(c);
    }
  }

  void answer(Connection& c) {
    const bool chat = c.head.starts_with("POST");
    c.head.clear();
    c.in_body = false;
    if (!chat) return send(c, health_);
    if (!pace_.stream) return send(c, completion_);
    send(c, stream_head_);
    c.sent = 0;
    c.streaming = true;
    send_event(c);  // the role comes at once, and tells the client that its stream is open
    slots_[next_slot_++ % slots_.size()].push_back(&c);
  }

  void send_to(Slot& slot) {
    std::erase_if(slot, [this](Connection* c) {
      if (c->fd >= 0 && c->unsent.empty()) send_event(*c);
      return !c->streaming;
    });
  }

  void send_event(Connection& c) {
    const auto& events = c.wants_usage ? with_usage_ : without_usage_;
    // Without an end there are only first and later events.
    const std::size_t index = pace_.events > 0 ? c.sent : std::min(c.sent, 1u);
    std::string_view bytes = events[index];
    ++c.sent;
    if (c.sent != pace_.events) return send(c, bytes);
    send(c, std::string(bytes) + (c.wants_usage ? final_usage_ : "") + done_);
    c.streaming = false;
  }

  void tick() {
    std::uint64_t periods = 0;
    if (read(timer_, &periods, sizeof periods) != sizeof periods) return;
    for (; periods > 0; --periods) send_to(slots_[this_slot_++ % slots_.size()]);
  }

  void send(Connection& c, std::string_view bytes) {
    if (c.fd < 0) return;
    if (!c.unsent.empty()) {
      c.unsent += bytes;
      return;
    }
    const ssize_t sent = ::send(c.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return close_connection(c);
    c.unsent = bytes.substr(sent < 0 ? 0 : static_cast<std::size_t>(sent));
  }

  void flush(Connection& c) {
    if (c.unsent.empty()) return;
    const std::string waiting = std::exchange(c.unsent, {});
    send(c, waiting);
  }

  // Events of this turn, and a slot being walked, may still point to it.
  void close_connection(Connection& c) {
    close(c.fd);
    c.fd = -1;
    c.streaming = false;
    closed_ = true;
  }

  void bury() {
    if (!std::exchange(closed_, false)) return;
    for (Slot& slot : slots_) std::erase_if(slot, [](const Connection* c) { return c->fd < 0; });
    std::erase_if(connections_, [](const auto& c) { return c->fd < 0; });
  }

  const int listener_;
  const Pace pace_;
  int epoll_ = -1;
  int timer_ = -1;
  std::string completion_, health_, stream_head_, final_usage_, done_;
  std::vector<std::string> with_usage_, without_usage_;
  std::vector<std::unique_ptr<Connection>> connections_;
  bool closed_ = false;  // one of them
  std::vector<Slot> slots_;
  std::size_t next_slot_ = 0;
  std::size_t this_slot_ = 0;
};

void run(int argc, char** argv) {
  Arguments arguments(argc, argv);
  const int listener = listen_on(arguments.text("listen", "127.0.0.1:0"));
  const std::string pace = arguments.text("pace", "");
  if (!pace.empty() && pace != "flood" && pace != "timed") die("--pace is flood or timed");
  const Pace settings{.stream = !pace.empty(),
                      .timed = pace == "timed",
                      .events = static_cast<unsigned>(arguments.number("events", 200)),
                      .period_us = arguments.number("period-us", 5000),
                      .slots = static_cast<unsigned>(arguments.number("slots", 1))};
  arguments.check_all_used();
  raise_descriptor_limit();
  std::printf("listening 127.0.0.1:%u\n", unsigned{local_port(listener)});
  std::fflush(stdout);
  Mock(listener, settings).run();
}

}  // namespace
}  // namespace gh::bench

int main(int argc, char** argv) {
  gh::bench::run(argc, argv);
}
