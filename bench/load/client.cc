#include "client.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "wire.h"

namespace gh::bench {
namespace {

// Value of a header in a head, "" without it. `name` in lower case with its colon.
std::string_view header(std::string_view head, std::string_view name) {
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const auto found = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
  if (found == head.end()) return {};
  head.remove_prefix(static_cast<std::size_t>(found - head.begin()) + name.size());
  head = head.substr(0, head.find("\r\n"));
  while (head.starts_with(' ')) head.remove_prefix(1);
  return head;
}

std::uint64_t to_number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end == text.data()) die("an answer without framing");
  return value;
}

}  // namespace

void AnswerReader::start() {
  state_ = State::head;
  line_.clear();
  tail_.clear();
  events_ = 0;
  newline_ = false;
}

bool AnswerReader::take_head(std::string_view& bytes) {
  const std::size_t before = line_.size();
  line_ += bytes;
  const auto end = line_.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  bytes.remove_prefix(end + 4 - before);
  const std::string_view head(line_.data(), end + 2);
  if (!head.starts_with("HTTP/1.1 ")) die("an answer that is not HTTP/1.1");
  status_ = static_cast<int>(to_number(head.substr(9, 3), 10));
  keep_ = header(head, "\r\nconnection:") != "close";
  chunked_ = header(head, "\r\ntransfer-encoding:") == "chunked";
  left_ = chunked_ ? 0 : to_number(header(head, "\r\ncontent-length:"), 10);
  state_ = chunked_ ? State::size : State::body;
  line_.clear();
  return true;
}

// A chunk's size line, the line end after its data, or a line of the trailer.
void AnswerReader::take_line(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  line_ += bytes.substr(0, end);
  if (end == std::string_view::npos) {
    bytes = {};
    return;
  }
  bytes.remove_prefix(end + 1);
  if (state_ == State::size) {
    left_ = to_number(line_, 16);
    state_ = left_ > 0 ? State::data : State::trailer;
  } else if (state_ == State::data_end) {
    state_ = State::size;
  } else if (line_ == "\r") {
    state_ = State::end;
  }
  line_.clear();
}

void AnswerReader::take_events(std::string_view data) {
  for (std::string_view rest = data; !rest.empty();) {
    if (rest.front() == '\n') {
      if (newline_) ++events_;
      newline_ = !newline_;
      rest.remove_prefix(1);
    } else {
      newline_ = false;
      rest.remove_prefix(std::min(rest.find('\n'), rest.size()));
    }
  }
  tail_ += data;
  static constexpr std::size_t kTail = 14;
  if (tail_.size() > kTail) tail_.erase(0, tail_.size() - kTail);
}

bool AnswerReader::take(std::string_view bytes) {
  if (state_ == State::head && !take_head(bytes)) return false;
  while (true) {
    if (state_ == State::end || (state_ == State::body && left_ == 0)) {
      if (!bytes.empty()) die("bytes after an answer");
      return true;
    }
    if (bytes.empty()) return false;
    if (state_ != State::body && state_ != State::data) {
      take_line(bytes);
      continue;
    }
    const std::string_view data = bytes.substr(0, left_);
    bytes.remove_prefix(data.size());
    left_ -= data.size();
    if (state_ == State::body) continue;
    take_events(data);
    if (left_ == 0) state_ = State::data_end;
  }
}

SSL_CTX* make_tls() {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384");
  SSL_CTX_set1_groups_list(context, "X25519");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  return context;
}

Client::Client(std::string_view address, SSL_CTX* tls, bool blocking)
    : fd_(connect_to(address, blocking)) {
  if (tls == nullptr) {
    shaken_ = true;
    return;
  }
  ssl_ = SSL_new(tls);
  SSL_set_fd(ssl_, fd_);
  SSL_set_connect_state(ssl_);
}

Client::~Client() {
  SSL_free(ssl_);
  close(fd_);
}

// Bytes written or read; 0 when the socket would block, -1 at the end of the connection.
int Client::write_some(std::string_view bytes) {
  if (ssl_ == nullptr) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return -1;
    return static_cast<int>(std::max<ssize_t>(sent, 0));
  }
  ERR_clear_error();
  const int sent = SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  if (sent > 0) return sent;
  const int error = SSL_get_error(ssl_, sent);
  return error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ ? 0 : -1;
}

int Client::read_some(char* out, std::size_t size) {
  if (ssl_ == nullptr) {
    const ssize_t got = recv(fd_, out, size, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return -1;
    return static_cast<int>(std::max<ssize_t>(got, 0));
  }
  ERR_clear_error();
  const int got = SSL_read(ssl_, out, static_cast<int>(size));
  if (got > 0) return got;
  const int error = SSL_get_error(ssl_, got);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

void Client::ask(std::string_view request) {
  unsent_ = request;
  answer_.start();
}

bool Client::shake_hands() {
  if (shaken_) return true;
  ERR_clear_error();
  const int done = SSL_connect(ssl_);
  if (done == 1) return shaken_ = true;
  const int error = SSL_get_error(ssl_, done);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return false;
  char text[160] = "closed by the peer";
  if (const auto code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
  die(std::string("handshake: ") + text);
}

Client::Progress Client::proceed() {
  static std::array<char, 1 << 16> buffer;
  if (!shake_hands()) return Progress::waiting;
  while (!unsent_.empty()) {
    const int sent = write_some(unsent_);
    if (sent < 0) return Progress::closed;
    if (sent == 0) return Progress::waiting;
    unsent_.remove_prefix(static_cast<std::size_t>(sent));
  }
  while (true) {
    const int got = read_some(buffer.data(), buffer.size());
    if (got == 0) return Progress::waiting;
    if (got < 0) return Progress::closed;
    if (answer_.take({buffer.data(), static_cast<std::size_t>(got)})) return Progress::answered;
  }
}

bool Client::part() {
  static std::array<char, 4096> buffer;
  if (!parted_) {
    parted_ = true;
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
    shutdown(fd_, SHUT_WR);
  }
  // The session tickets and the server's own goodbye: bytes that need no understanding.
  ssize_t got = 0;
  while ((got = recv(fd_, buffer.data(), buffer.size(), 0)) > 0) {
  }
  return got == 0 || errno == ECONNRESET;
}

}  // namespace gh::bench
