// bench_load: the client of the benchmark. One thread, closed loop.
//
//   bench_load --target 127.0.0.1:PORT --keys FILE [--mode closed|hold|handshake|latency]
//              [--connections N] [--milliseconds N | --requests N] [--warm N] [--body BYTES]
//              [--stream] [--plain] [--pause-us N] [--settle-ms N]
//
//   closed     every connection asks again as soon as it is answered
//   hold       every connection holds one endless stream; its events are counted
//   handshake  connect, full handshake, goodbye, again; no request
//   latency    one blocking connection that pauses between requests
//
// Says "warm" when all connections are open and warm, waits for a line on stdin, measures, prints
// one line of JSON, and keeps the connections open until stdin ends. In between, whoever runs this
// reads the clocks of the process under test. What was begun is finished before the result.

#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "client.h"
#include "wire.h"

namespace gh::bench {
namespace {

struct Settings {
  std::string target;
  std::string mode;
  std::size_t connections = 32;
  double seconds = 0;
  std::uint64_t requests = 0;
  unsigned warm = 10;
  std::uint64_t pause_us = 300;
  std::uint64_t settle_ms = 2000;
  SSL_CTX* tls = nullptr;
  std::vector<std::string> asked;  // a request per key in use
};

struct Result {
  std::uint64_t requests = 0;
  std::uint64_t events = 0;
  std::uint64_t reconnects = 0;
  std::uint64_t cut = 0;      // closed with a request open
  std::uint64_t unended = 0;  // streams without [DONE]
  std::map<int, std::uint64_t> status;
  std::vector<std::int64_t> latency_ns;
  std::int64_t began = 0;
};

void wait_for_line() {
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n') {
  }
}

void say_warm() {
  std::puts("warm");
  std::fflush(stdout);
  wait_for_line();
}

void print(Result& result) {
  const double seconds = static_cast<double>(now_ns() - result.began) / 1e9;
  std::string status;
  for (const auto& [code, count] : result.status) {
    status +=
        (status.empty() ? "\"" : ",\"") + std::to_string(code) + "\":" + std::to_string(count);
  }
  double p50 = 0;
  if (auto& all = result.latency_ns; !all.empty()) {
    std::ranges::nth_element(all, all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2));
    p50 = static_cast<double>(all[all.size() / 2]) / 1e3;
  }
  std::printf(
      "{\"requests\":%llu,\"events\":%llu,\"reconnects\":%llu,\"cut\":%llu,\"unended\":%llu,"
      "\"status\":{%s},\"seconds\":%.4f,\"p50_us\":%.2f}\n",
      static_cast<unsigned long long>(result.requests),
      static_cast<unsigned long long>(result.events),
      static_cast<unsigned long long>(result.reconnects),
      static_cast<unsigned long long>(result.cut), static_cast<unsigned long long>(result.unended),
      status.c_str(), seconds, p50);
  std::fflush(stdout);
  wait_for_line();
}

std::vector<std::string> make_requests(const std::vector<std::string>& keys, std::size_t count,
                                       std::size_t size, bool stream) {
  const std::string body = chat_body(size, stream);
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < std::min(count, keys.size()); ++i) {
    requests.push_back(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: bench.test\r\nAccept: */*\r\n"
        "User-Agent: bench\r\nContent-Type: application/json\r\nAuthorization: "
        "Bearer " +
        keys[i] + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  return requests;
}

// The modes with many connections.
class Load {
 public:
  explicit Load(const Settings& settings)
      : settings_(settings),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        hold_(settings.mode == "hold"),
        handshakes_(settings.mode == "handshake"),
        slots_(settings.connections),
        left_(settings.connections * settings.warm) {}

  void run() {
    if (hold_) {
      open_streams();
    } else {
      open_all();
    }
    say_warm();
    const std::uint64_t before = hold_ ? events_seen() : 0;
    begin();
    if (hold_ || handshakes_) {
      turn_until([this] { return now_ns() >= deadline_; });
    } else {
      for (std::size_t i = 0; i < slots_.size(); ++i) go_on(i);
      turn_until([this] { return busy_ == 0; });
    }
    if (hold_) result_.events = events_seen() - before;
    print(result_);
  }

 private:
  struct Slot {
    std::unique_ptr<Client> client;
    bool busy = false;
    bool streaming = false;
  };

  // Every connection opened and its share of the warm-up done.
  void open_all() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      open(i);
      go_on(i);
    }
    turn_until([this] { return left_ == 0 && busy_ == 0; });
  }

  // A few handshakes at a time, so that no accept queue is tested here.
  void open_streams() {
    static constexpr std::size_t kAtOnce = 32;
    left_ = slots_.size();
    for (std::size_t opened = 0; streams_ < slots_.size(); turn(100)) {
      for (; opened < slots_.size() && opened < streams_ + kAtOnce; ++opened) {
        open(opened);
        go_on(opened);
      }
    }
    const auto settled = now_ns() + static_cast<std::int64_t>(settings_.settle_ms) * 1'000'000;
    turn_until([settled] { return now_ns() >= settled; });
  }

  void begin() {
    result_ = {};
    result_.began = now_ns();
    left_ = settings_.requests > 0 ? settings_.requests : UINT64_MAX;
    if (settings_.requests == 0) {
      deadline_ = result_.began + static_cast<std::int64_t>(settings_.seconds * 1e9);
    }
  }

  std::uint64_t events_seen() {
    std::uint64_t sum = 0;
    for (const Slot& slot : slots_) sum += slot.client->answer().events();
    return sum;
  }

  void open(std::size_t i) {
    slots_[i].client = std::make_unique<Client>(settings_.target, settings_.tls, false);
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u64 = i}};
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, slots_[i].client->fd(), &event) != 0) {
      die_errno("epoll_ctl");
    }
  }

  void turn_until(auto done) {
    while (!done()) turn(100);
  }

  void turn(int timeout_ms) {
    std::array<epoll_event, 512> events;
    const int ready = epoll_wait(epoll_, events.data(), int{events.size()}, timeout_ms);
    if (ready < 0 && errno != EINTR) die_errno("epoll_wait");
    for (int i = 0; i < ready; ++i) go_on(events[static_cast<std::size_t>(i)].data.u64);
  }

  bool take_request() {
    if (left_ == 0 || now_ns() >= deadline_) return false;
    --left_;
    return true;
  }

  // As far as this connection gets without waiting.
  void go_on(std::size_t i) {
    if (handshakes_) return shake(i);
    Slot& slot = slots_[i];
    while (true) {
      if (!slot.busy && take_request()) {
        slot.busy = true;
        ++busy_;
        slot.client->ask(settings_.asked[i % settings_.asked.size()]);
      }
      const Client::Progress progress = slot.client->proceed();
      if (progress == Client::Progress::waiting) {
        if (hold_ && !slot.streaming && slot.client->answer().events() > 0) {
          slot.streaming = true;
          ++streams_;
        }
        return;
      }
      if (hold_)
        die("a held stream ended with status " + std::to_string(slot.client->answer().status()));
      finish(i, progress == Client::Progress::answered);
    }
  }

  void finish(std::size_t i, bool answered) {
    Slot& slot = slots_[i];
    const AnswerReader& answer = slot.client->answer();
    const bool asked = std::exchange(slot.busy, false);
    if (asked) --busy_;
    if (answered) {
      ++result_.requests;
      ++result_.status[answer.status()];
      result_.events += answer.events();
      if (answer.is_stream() && !answer.ended_with_done()) ++result_.unended;
      if (answer.keeps_connection()) return;
    } else if (asked) {
      ++result_.cut;
    }
    ++result_.reconnects;
    open(i);
  }

  void shake(std::size_t i) {
    Client& client = *slots_[i].client;
    if (!client.shake_hands() || !client.part()) return;
    ++result_.requests;
    if (left_ > 0) --left_;
    open(i);
    shake(i);
  }

  const Settings& settings_;
  const int epoll_;
  const bool hold_;
  const bool handshakes_;
  std::vector<Slot> slots_;
  Result result_;
  std::size_t busy_ = 0;
  std::size_t streams_ = 0;
  std::uint64_t left_;
  std::int64_t deadline_ = INT64_MAX;
};

void run_latency(const Settings& settings) {
  // Sleeps end when they are due, not up to 50 µs later.
  prctl(PR_SET_TIMERSLACK, 1);
  Client client(settings.target, settings.tls, true);
  Result result;
  const auto exchange = [&] {
    client.ask(settings.asked.front());
    const std::int64_t before = now_ns();
    const Client::Progress progress = client.proceed();
    if (progress != Client::Progress::answered || !client.answer().keeps_connection()) {
      die("the connection ended");
    }
    result.latency_ns.push_back(now_ns() - before);
    ++result.requests;
    ++result.status[client.answer().status()];
    const timespec pause{.tv_sec = 0, .tv_nsec = static_cast<long>(settings.pause_us * 1000)};
    nanosleep(&pause, nullptr);
  };
  for (unsigned i = 0; i < settings.warm; ++i) exchange();
  say_warm();
  result = {};
  result.began = now_ns();
  const auto deadline = result.began + static_cast<std::int64_t>(settings.seconds * 1e9);
  while (now_ns() < deadline) exchange();
  print(result);
}

void run(int argc, char** argv) {
  Arguments arguments(argc, argv);
  Settings settings;
  settings.target = arguments.text("target", "");
  settings.mode = arguments.text("mode", "closed");
  settings.connections = arguments.number("connections", settings.connections);
  settings.seconds = static_cast<double>(arguments.number("milliseconds", 1000)) / 1e3;
  settings.requests = arguments.number("requests", 0);
  settings.warm = static_cast<unsigned>(arguments.number("warm", settings.warm));
  settings.pause_us = arguments.number("pause-us", settings.pause_us);
  settings.settle_ms = arguments.number("settle-ms", settings.settle_ms);
  if (!arguments.flag("plain")) settings.tls = make_tls();
  std::vector<std::string> keys;
  std::ifstream file(arguments.text("keys", ""));
  for (std::string key; std::getline(file, key);) keys.push_back(key);
  if (keys.empty()) die("--keys names no key");
  const bool stream = arguments.flag("stream") || settings.mode == "hold";
  settings.asked =
      make_requests(keys, settings.connections, arguments.number("body", 1024), stream);
  arguments.check_all_used();
  raise_descriptor_limit();
  signal(SIGPIPE, SIG_IGN);  // OpenSSL has no MSG_NOSIGNAL
  if (settings.mode == "latency") {
    run_latency(settings);
  } else if (settings.mode == "closed" || settings.mode == "hold" || settings.mode == "handshake") {
    Load(settings).run();
  } else {
    die("--mode is closed, hold, handshake or latency");
  }
}

}  // namespace
}  // namespace gh::bench

int main(int argc, char** argv) {
  gh::bench::run(argc, argv);
}
