#pragma once
// A small blocking HTTP client, one connection per request: what `demo` and `healthcheck` ask with.
// Not thread-safe.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/loop.h"
#include "net/socket.h"
#include "net/tls.h"

namespace gh::cli {

struct HttpReply {
  int status = 0;  // 0: no answer
  std::map<std::string, std::string> fields;
  std::string body;
  std::string failure;  // why there was no whole answer
};

class HttpCaller {
 public:
  // `address` as a policy writes it: "127.0.0.1:8443" or "unix:/path". `ca_file` "" speaks plain
  // HTTP, else TLS to a server whose certificate is for "localhost".
  static Result<std::unique_ptr<HttpCaller>> open(const std::string& address,
                                                  const std::string& ca_file);

  struct Request {
    std::string method{"GET"};
    std::string path{};
    std::string key{};  // "" sends no Authorization
    std::string body{};
  };
  HttpReply call(const Request& request);
  // Sends these bytes as they are and returns what comes until the other side closes.
  std::string raw(const std::string& bytes);
  // Begins a streamed request and leaves when `enough` bytes of the answer have come.
  HttpReply leave_after(const Request& request, std::size_t enough);

 private:
  HttpCaller(std::string address, std::shared_ptr<const net::TlsClient> tls);
  Result<Fd> connect() const;
  HttpReply exchange(const Request& request, std::size_t enough);

  net::Loop loop_;
  std::string address_;
  std::shared_ptr<const net::TlsClient> tls_;
};

}  // namespace gh::cli
