#include "cli/http_caller.h"

#include <charconv>
#include <utility>

#include "http/client.h"
#include "net/address.h"
#include "net/stream.h"

namespace gh::cli {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);

class Exchange final : public http::AnswerEvents {
 public:
  Exchange(net::Loop& loop, std::size_t enough) : loop_(loop), enough_(enough) {}
  HttpReply take() { return std::move(reply_); }

  void on_answer_head(const http::AnswerHead& head) override {
    reply_.status = head.status;
    for (const http::Field& field : head.fields) {
      reply_.fields.emplace(std::string(field.name), std::string(field.value));
    }
  }
  void on_answer_data(std::string_view bytes) override {
    reply_.body += bytes;
    if (reply_.body.size() >= enough_) loop_.stop();
  }
  void on_answer_end() override { loop_.stop(); }
  void on_answer_failed(http::ClientFailure, std::string_view detail) override {
    reply_.failure = detail;
    loop_.stop();
  }

 private:
  net::Loop& loop_;
  std::size_t enough_;
  HttpReply reply_;
};

class Collector final : public net::StreamEvents {
 public:
  Collector(net::Loop& loop, std::string bytes) : loop_(loop), bytes_(std::move(bytes)) {}
  void use(net::Stream& stream) { stream_ = &stream; }
  std::string take() { return std::move(answer_); }

  void on_open() override { stream_->write(bytes_); }
  void on_data(std::string_view bytes) override { answer_ += bytes; }
  void on_close(net::CloseReason, std::string_view) override { loop_.stop(); }

 private:
  net::Loop& loop_;
  std::string bytes_;
  std::string answer_;
  net::Stream* stream_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<HttpCaller>> HttpCaller::open(const std::string& address,
                                                     const std::string& ca_file) {
  std::shared_ptr<const net::TlsClient> tls;
  if (!ca_file.empty()) {
    auto loaded = net::TlsClient::load(ca_file);
    if (!loaded) return std::unexpected(loaded.error());
    tls = std::move(*loaded);
  }
  return std::unique_ptr<HttpCaller>(new HttpCaller(address, std::move(tls)));
}

HttpCaller::HttpCaller(std::string address, std::shared_ptr<const net::TlsClient> tls)
    : address_(std::move(address)), tls_(std::move(tls)) {}

Result<Fd> HttpCaller::connect() const {
  constexpr std::string_view kUnix = "unix:";
  if (address_.starts_with(kUnix)) return net::begin_connect_unix(address_.substr(kUnix.size()));
  const auto colon = address_.rfind(':');
  std::uint16_t port = 0;
  std::from_chars(address_.data() + colon + 1, address_.data() + address_.size(), port);
  const auto address = net::Address::parse_ip(std::string_view(address_).substr(0, colon), port);
  if (!address) return fail("{}: not an address", address_);
  return net::begin_connect(*address);
}

HttpReply HttpCaller::call(const Request& request) {
  return exchange(request, SIZE_MAX);
}

HttpReply HttpCaller::leave_after(const Request& request, std::size_t enough) {
  return exchange(request, enough);
}

HttpReply HttpCaller::exchange(const Request& request, std::size_t enough) {
  auto fd = connect();
  if (!fd) return {.status = 0, .fields = {}, .body = {}, .failure = fd.error().message};
  auto connection = std::make_unique<http::ClientConnection>(
      loop_, std::move(*fd), net::Stream::Connect{.tls = tls_, .server_name = "localhost"},
      http::ClientLimits{});
  std::string head = request.method + " " + request.path + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!request.key.empty()) head += "Authorization: Bearer " + request.key + "\r\n";
  if (request.method == "POST") {
    head +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(request.body.size()) +
        "\r\n";
  }
  head += "\r\n";
  Exchange events(loop_, enough);
  connection->send(head, request.body, events);
  net::Timer patience(loop_, [](void* loop) { static_cast<net::Loop*>(loop)->stop(); }, &loop_);
  patience.arm(system_clock().mono() + kPatience);
  loop_.run();
  connection->close();
  return events.take();
}

std::string HttpCaller::raw(const std::string& bytes) {
  auto fd = connect();
  if (!fd) return {};
  Collector events(loop_, bytes);
  auto stream = net::Stream::connect(loop_, std::move(*fd),
                                     {.tls = tls_, .server_name = "localhost"}, events);
  events.use(*stream);
  net::Timer patience(loop_, [](void* loop) { static_cast<net::Loop*>(loop)->stop(); }, &loop_);
  patience.arm(system_clock().mono() + kPatience);
  loop_.run();
  stream->close();
  return events.take();
}

}  // namespace gh::cli
