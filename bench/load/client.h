#pragma once
// A client connection of the load generator: one request at a time over TLS 1.3 or plain TCP,
// driven by epoll edges or, when the socket blocks, by the caller alone. One thread.

#include <openssl/ssl.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace gh::bench {

// Reads one HTTP/1.1 answer, counting the events of a stream on the way.
class AnswerReader {
 public:
  void start();
  // Whether the answer ended within `bytes`.
  bool take(std::string_view bytes);

  int status() const { return status_; }
  bool keeps_connection() const { return keep_; }
  std::uint64_t events() const { return events_; }  // so far, [DONE] among them
  bool ended_with_done() const { return tail_ == "data: [DONE]\n\n"; }
  bool is_stream() const { return chunked_; }

 private:
  enum class State : std::uint8_t { head, body, size, data, data_end, trailer, end };
  bool take_head(std::string_view& bytes);
  void take_line(std::string_view& bytes);
  void take_events(std::string_view data);

  State state_ = State::head;
  std::string line_;  // head, chunk size or trailer so far
  std::string tail_;  // last bytes of the body
  int status_ = 0;
  bool keep_ = true;
  bool chunked_ = false;
  bool newline_ = false;  // the last byte of the body was one
  std::uint64_t left_ = 0;
  std::uint64_t events_ = 0;
};

class Client {
 public:
  enum class Progress : std::uint8_t { waiting, answered, closed };

  // Without `tls` plain TCP. Connects and, over TLS, leaves the handshake to `proceed`.
  Client(std::string_view address, SSL_CTX* tls, bool blocking);
  Client(const Client&) = delete;
  ~Client();

  int fd() const { return fd_; }
  AnswerReader& answer() { return answer_; }

  // Lets `proceed` send `request`, which must live until the answer.
  void ask(std::string_view request);
  // As far as the socket lets it: handshake, request, answer.
  Progress proceed();
  // The handshake alone; true when done. One that fails ends the process.
  bool shake_hands();
  // Says goodbye and reads to the server's end; true when it has come.
  bool part();

 private:
  int write_some(std::string_view bytes);
  int read_some(char* out, std::size_t size);

  int fd_ = -1;
  SSL* ssl_ = nullptr;
  bool shaken_ = false;
  bool parted_ = false;
  std::string_view unsent_;
  AnswerReader answer_;
};

// TLS 1.3, no verification, no resumption: every connection is a full handshake.
SSL_CTX* make_tls();

}  // namespace gh::bench
