#pragma once
// A simulator on a thread of its own, a blocking client for it, and a way to ask without sockets.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "base/text.h"
#include "json/json.h"
#include "net/loop.h"
#include "simulator/router.h"
#include "simulator/simulator.h"

namespace gh::simulator {

inline constexpr int kPatience = 10'000;  // milliseconds; how long a test waits before it fails

struct Response {
  int status = 0;
  std::string head;
  std::string body;                 // de-chunked
  std::vector<std::string> chunks;  // as they came; empty without chunking

  std::string field(std::string_view name) const {
    for (const std::string_view line : split(head, '\n')) {
      const auto colon = line.find(':');
      if (colon == std::string_view::npos || !equals_ignoring_case(line.substr(0, colon), name)) {
        continue;
      }
      std::string_view value = trim(line.substr(colon + 1));
      if (value.ends_with('\r')) value.remove_suffix(1);
      return std::string(value);
    }
    return {};
  }
};

// Takes one response off the front of `bytes`; false while it is incomplete. At the end of the
// connection, a body without length is complete.
inline bool take_response(std::string& bytes, bool ended, Response& out) {
  const auto head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos) return false;
  out = {};
  out.head = bytes.substr(0, head_end + 2);
  const auto status = std::string_view(out.head).substr(9, 3);
  std::from_chars(status.data(), status.data() + status.size(), out.status);
  std::string_view rest = std::string_view(bytes).substr(head_end + 4);
  if (out.field("transfer-encoding") == "chunked") {
    while (true) {
      const auto line = rest.find("\r\n");
      if (line == std::string_view::npos) return false;
      std::size_t size = 0;
      std::from_chars(rest.data(), rest.data() + line, size, 16);
      if (rest.size() < line + 2 + size + 2) return false;
      const auto data = rest.substr(line + 2, size);
      if (size == 0) {
        const auto end = rest.find("\r\n\r\n", line);
        if (end == std::string_view::npos) return false;
        rest.remove_prefix(end + 4);
        break;
      }
      out.body += data;
      out.chunks.emplace_back(data);
      rest.remove_prefix(line + 2 + size + 2);
    }
  } else if (const std::string length = out.field("content-length"); !length.empty()) {
    std::size_t size = 0;
    std::from_chars(length.data(), length.data() + length.size(), size);
    if (rest.size() < size) return false;
    out.body = rest.substr(0, size);
    rest.remove_prefix(size);
  } else {
    if (!ended) return false;
    out.body = rest;
    rest = {};
  }
  bytes = std::string(rest);
  return true;
}

class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the other side has gone; what follows will tell
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // The next response, or one with status 0 when there is none.
  Response receive() {
    Response response;
    while (!take_response(in_, ended_, response)) {
      if (ended_ || !read_some()) return {};
    }
    return response;
  }
  Response ask(std::string_view bytes) {
    send(bytes);
    return receive();
  }
  // Reads to the end; what came and was not taken.
  std::string drain() {
    while (!ended_ && read_some()) {
    }
    return in_;
  }
  bool wait_for(std::string_view text) {
    std::size_t from = 0;
    while (in_.find(text, from) == std::string::npos) {
      from = in_.size() - std::min(in_.size(), text.size());
      if (ended_ || !read_some()) return false;
    }
    return true;
  }
  bool ended() const { return ended_; }
  bool was_reset() const { return reset_; }
  void half_close() { shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_.reset(); }

 private:
  bool read_some() {
    pollfd wait{fd_.get(), POLLIN, 0};
    if (poll(&wait, 1, kPatience) <= 0) {
      ADD_FAILURE() << "nothing came";
      return false;
    }
    char buffer[1 << 16];
    const ssize_t got = recv(fd_.get(), buffer, sizeof buffer, 0);
    if (got > 0) in_.append(buffer, static_cast<std::size_t>(got));
    ended_ = got <= 0;
    reset_ = got < 0;
    return true;
  }

  Fd fd_;
  std::string in_;
  bool ended_ = false;
  bool reset_ = false;
};

class Server {
 public:
  explicit Server(Options options = {}) {
    auto started = Simulator::start(loop_, std::move(options));
    EXPECT_TRUE(started.has_value()) << started.error().message;
    simulator_ = *std::move(started);
    const std::string& address = simulator_->address();
    if (!address.starts_with("unix:")) {
      port_ = static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
    }
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Server() {
    loop_.stop();
    thread_.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const { return port_; }
  Client client() const { return Client(port_); }
  Counters counters() {
    std::promise<Counters> promise;
    loop_.post([&] { promise.set_value(simulator_->engine().counters()); });
    return promise.get_future().get();
  }
  // Asks until `holds`, which the loop's own progress brings about; false when it takes too long.
  bool eventually(const std::function<bool(const Counters&)>& holds) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatience);
    while (!holds(counters())) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      std::this_thread::yield();
    }
    return true;
  }

 private:
  net::Loop loop_;
  std::unique_ptr<Simulator> simulator_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

inline std::string post(std::string_view path, std::string_view body,
                        std::string_view fields = "") {
  std::string out = "POST ";
  out.append(path).append(" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
  out.append(fields).append("Content-Length: ").append(std::to_string(body.size()));
  return out.append("\r\n\r\n").append(body);
}
inline std::string get(std::string_view path, std::string_view fields = "") {
  return std::string("GET ")
             .append(path)
             .append(" HTTP/1.1\r\nHost: localhost\r\n")
             .append(fields) +
         "\r\n";
}

// A chat body with one user message; `more` are further members, each with its comma before it.
inline std::string chat_body(std::string_view content, std::string_view more = "") {
  std::string out = R"({"model":"tiny","messages":[{"role":"user","content":)";
  quote(out, content);
  return out.append("}]").append(more).append("}");
}

inline Profile profile(Options options = {}) {
  auto made = Profile::make(std::move(options));
  EXPECT_TRUE(made.has_value()) << made.error().message;
  return *std::move(made);
}

// Without sockets: answers one request at once and adds up the waiting.
class Pure {
 public:
  explicit Pure(Options options = {}) : engine_(profile(std::move(options)), system_clock()) {}

  Response ask(std::string_view bytes) {
    Buffer buffer;
    buffer.append(bytes);
    HttpRequest request;
    std::size_t needed = 0;
    EXPECT_EQ(read_request(buffer.view(), 1 << 30, request, needed), ReadState::complete);
    const auto answered = answer(engine_, request);
    raw.clear();
    waited = {};
    Answer::Next next;
    do {
      next = answered->next(raw);
      waited += next.wait;
    } while (next.end == Answer::End::no);
    end = next.end;
    Response response;
    std::string copy = raw;
    take_response(copy, true, response);
    return response;
  }
  Engine& engine() { return engine_; }

  // Of the last answer.
  std::string raw;
  Duration waited{};
  Answer::End end = Answer::End::no;

 private:
  Engine engine_;
};

// A parser and its last document.
class Json {
 public:
  json::Value operator()(std::string_view text) {
    auto document = parser_.parse(text);
    EXPECT_TRUE(document.has_value()) << document.error().message << ": " << text;
    return document ? document->root() : json::Value();
  }

 private:
  json::Parser parser_;
};

// The data of each event of a stream.
inline std::vector<std::string> events(std::string_view stream) {
  std::vector<std::string> out;
  while (!stream.empty()) {
    const auto end = stream.find("\n\n");
    EXPECT_NE(end, std::string_view::npos) << stream;
    if (end == std::string_view::npos) break;
    std::string_view event = stream.substr(0, end);
    EXPECT_TRUE(event.starts_with("data: ")) << event;
    out.emplace_back(event.substr(std::min<std::size_t>(6, event.size())));
    stream.remove_prefix(end + 2);
  }
  return out;
}

}  // namespace gh::simulator
