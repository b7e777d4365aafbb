#pragma once
// An upstream on a Unix socket that does as it is told: whole answers, pieces of them in any order,
// lies about usage, noise, ends and resets.

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "net/socket.h"

namespace gh::fuzz {

inline std::string chunk(std::string_view text) {
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), text.size(), 16).ptr;
  return std::string(size.data(), end) + "\r\n" + std::string(text) + "\r\n";
}

inline std::string whole(std::string_view status, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

inline constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";

// One event of a streamed chat or completion; `more` follows the choices.
inline std::string event(bool chat, std::string_view text, std::string_view more) {
  std::string line = R"(data: {"id":"x","created":1,"model":"served","object":")";
  line += chat ? "chat.completion.chunk" : "text_completion";
  line += R"(","choices":[)";
  if (!text.empty()) {
    line += chat ? R"({"index":0,"delta":{"content":")" : R"({"index":0,"text":")";
    line += text;
    line += chat ? R"("},"finish_reason":null}])" : R"(","finish_reason":null}])";
  } else {
    line += ']';
  }
  line += more;
  return line + "}\n\n";
}

inline constexpr std::string_view kUsage =
    R"(,"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5})";
inline constexpr std::string_view kLie =
    R"(,"usage":{"prompt_tokens":999999999,"completion_tokens":-4,"total_tokens":5})";

// A whole chat or completion.
inline std::string answer(bool chat, std::string_view text) {
  std::string body = R"({"id":"x","created":1,"model":"served","object":")";
  body += chat ? "chat.completion" : "text_completion";
  body += R"(","choices":[{"index":0,)";
  body += chat ? R"("message":{"role":"assistant","content":")" : R"("text":")";
  body += text;
  body += chat ? "\"}," : "\",";
  return whole("200 OK", body + R"("finish_reason":"stop"}])" + std::string(kUsage) + "}");
}

inline constexpr std::size_t kSayings = 15;

// What else an upstream may say: pieces of answers, lies and errors.
inline const std::array<std::string, kSayings>& sayings(bool chat) {
  const auto make = [](bool is_chat) {
    return std::array<std::string, kSayings>{
        std::string(kStreamHead),
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n",  // ends by close
        chunk(event(is_chat, "x", "")),
        chunk(event(is_chat, std::string(90'000, 'b'), "")),  // above the high water mark
        chunk(event(is_chat, "x", kUsage)),
        chunk(event(is_chat, "x", kLie)),
        chunk("data: [DONE]\n\n"),
        "0\r\n\r\n",
        chunk("data: {\"error\":{\"message\":\"no\",\"code\":400}}\n\n"),
        chunk("data: {\"choices\":7}\n\n"),
        whole("400 Bad Request", R"({"error":{"message":"no","code":400}})"),
        whole("503 Service Unavailable", "{"),
        "HTTP/1.1 100 Continue\r\n\r\n",
        whole("200 OK", "[]"),
        answer(is_chat, std::string(300'000, 'b')),  // four do not fit
    };
  };
  static const auto kOfChat = make(true);
  static const auto kOfCompletion = make(false);
  return chat ? kOfChat : kOfCompletion;
}

// One accepted connection.
struct Connection {
  Fd fd;
  std::string received;  // of the request that is being read
  std::string to_send;
  bool chat = true;       // of the last whole request
  std::string good = {};  // the right answer to it
  bool open = true;

  void close() {
    fd.reset();  // a reset for the gateway where something of the request is unread
    open = false;
  }

  void read() {
    std::array<char, 65536> piece;
    while (open) {
      const ssize_t got = recv(fd.get(), piece.data(), piece.size(), MSG_DONTWAIT);
      if (got < 0) return;
      if (got == 0) return close();
      received.append(piece.data(), static_cast<std::size_t>(got));
      understand();
    }
  }

  void send(std::size_t most) {
    if (!open) return;
    const std::size_t size = std::min(most, to_send.size());
    const ssize_t sent = ::send(fd.get(), to_send.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) to_send.erase(0, static_cast<std::size_t>(sent));
  }

 private:
  void understand() {
    const auto end = received.find("\r\n\r\n");
    if (end == std::string::npos) return;
    constexpr std::string_view kLength = "Content-Length: ";
    std::size_t length = 0;
    const char* digits = received.data() + received.find(kLength) + kLength.size();
    std::from_chars(digits, received.data() + end, length);
    if (received.size() < end + 4 + length) return;
    // Nothing of what a client wrote but the values that were checked may be here.
    GH_CHECK(received.starts_with("POST /") && !received.contains("gh_test_"));
    const bool stream = received.contains("Accept: text/event-stream");
    chat = received.starts_with("POST /v1/chat");
    if (received.starts_with("POST /tokenize")) {
      good = whole("200 OK", R"({"count":90,"max_model_len":8192,"tokens":[1,2]})");
    } else if (received.starts_with("POST /v1/embeddings")) {
      good = whole("200 OK",
                   R"({"id":"x","object":"list","created":1,"model":"served","data":[{"index":0,)"
                   R"("object":"embedding","embedding":[0.5,0.25]}],"usage":{"prompt_tokens":3,)"
                   R"("total_tokens":3,"completion_tokens":0}})");
    } else if (stream) {
      good = std::string(kStreamHead) + chunk(event(chat, "hello", "")) +
             chunk(event(chat, "", kUsage)) + chunk("data: [DONE]\n\n") + "0\r\n\r\n";
    } else {
      good = answer(chat, "hello");
    }
    received.erase(0, end + 4 + length);
  }
};

class Upstream {
 public:
  explicit Upstream(const std::string& path) {
    auto socket = net::listen_on("unix:" + path);
    GH_CHECK(socket.has_value());
    socket_ = std::move(*socket);
  }

  // Takes what has come.
  void pump() {
    while (true) {
      const int fd = accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) break;
      connections_.push_back(std::make_unique<Connection>());
      connections_.back()->fd = Fd(fd);
    }
    for (auto& connection : connections_) connection->read();
    std::erase_if(connections_, [](const auto& connection) { return !connection->open; });
  }

  // One of those that are open, or null.
  Connection* connection(std::size_t choice) {
    return connections_.empty() ? nullptr : connections_[choice % connections_.size()].get();
  }

  void close_all() { connections_.clear(); }

 private:
  Fd socket_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace gh::fuzz
