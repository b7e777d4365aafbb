#include "http/client.h"

#include <array>
#include <utility>

#include "base/check.h"
#include "http/h1_body.h"
#include "http/h1_response.h"

namespace gh::http {
namespace {

constexpr std::uint8_t kOwnerPause = 1;
constexpr int kMaxInterim = 8;

// Parsers that have read their head, for the next ones: no more than a busy worker needs at a time.
class SpareParsers {
 public:
  std::unique_ptr<H1Response> take() {
    if (count_ == 0) return std::make_unique<H1Response>();
    return std::move(parsers_[--count_]);
  }
  void give_back(std::unique_ptr<H1Response> parser) {
    if (count_ == parsers_.size()) return;
    parser->reset();
    parsers_[count_++] = std::move(parser);
  }

 private:
  std::array<std::unique_ptr<H1Response>, 4> parsers_;
  std::size_t count_ = 0;
};
thread_local SpareParsers spare_parsers;

}  // namespace

std::string_view name(ClientFailure failure) {
  switch (failure) {
    case ClientFailure::shortage:
      return "shortage";
    case ClientFailure::connect_failed:
      return "connect_failed";
    case ClientFailure::tls_failed:
      return "tls_failed";
    case ClientFailure::reset:
      return "reset";
    case ClientFailure::invalid:
      return "invalid";
  }
  return "unknown";
}

std::optional<std::string_view> AnswerHead::only(std::string_view name) const {
  return only_field(fields, name);
}

struct ClientConnection::Impl {
  enum class Phase : std::uint8_t { idle, head, body };

  Impl(net::Loop& the_loop, ClientLimits the_limits)
      : loop(the_loop), limits(the_limits), made_at(the_loop.now()), idle_since(made_at) {}

  bool request_begun() const { return stream->sent() > sent_before; }
  void read(std::string_view bytes);
  void read_head(std::string_view& bytes);
  void read_body(std::string_view& bytes);
  void end(bool clean);
  void fail(ClientFailure failure, std::string_view detail);

  net::Loop& loop;
  ClientLimits limits;
  std::unique_ptr<net::Stream> stream;
  AnswerEvents* events = nullptr;  // of the exchange that is open
  std::unique_ptr<H1Response> parser;
  H1Body body = H1Body::of_length(0);
  std::uint64_t received = 0;     // bytes of the answer's body
  std::uint64_t sent_before = 0;  // bytes that the kernel had when the request was queued
  const MonoTime made_at;
  MonoTime idle_since;
  int interim = 0;  // 1xx answers so far
  Phase phase = Phase::idle;
  bool opened = false;
  bool to_head = false;
  bool last = false;  // the upstream closes after this exchange
  bool reusable = false;
};

ClientConnection::ClientConnection(net::Loop& loop, Fd fd, const net::Stream::Connect& how,
                                   ClientLimits limits)
    : impl_(std::make_unique<Impl>(loop, limits)) {
  impl_->stream = net::Stream::connect(loop, std::move(fd), how, *this);
}

ClientConnection::~ClientConnection() = default;

void ClientConnection::send(std::string_view head, std::string_view body, AnswerEvents& events) {
  GH_DCHECK(impl_->events == nullptr);
  impl_->events = &events;
  impl_->parser = spare_parsers.take();
  impl_->phase = Impl::Phase::head;
  impl_->to_head = head.starts_with("HEAD ");
  impl_->reusable = false;
  impl_->interim = 0;
  impl_->sent_before = impl_->stream->sent();
  impl_->stream->out().prepare(head.size() + body.size());  // no growing on the way
  impl_->stream->write(head);
  impl_->stream->write(body);
}

bool ClientConnection::request_begun() const {
  return impl_->request_begun();
}

void ClientConnection::pause(bool paused) {
  if (paused) {
    impl_->stream->pause(kOwnerPause);
  } else {
    impl_->stream->resume(kOwnerPause);
  }
}

void ClientConnection::close() {
  impl_->events = nullptr;
  impl_->reusable = false;
  impl_->stream->close();
}

bool ClientConnection::connected() const {
  return impl_->stream->is_open();
}

bool ClientConnection::reusable() const {
  return impl_->reusable && impl_->stream->is_open();
}

bool ClientConnection::fresh() const {
  return impl_->stream->is_open() && !impl_->stream->has_news();
}

MonoTime ClientConnection::made_at() const {
  return impl_->made_at;
}

MonoTime ClientConnection::idle_since() const {
  return impl_->idle_since;
}

void ClientConnection::on_open() {
  impl_->opened = true;
  impl_->idle_since = impl_->loop.now();
  if (impl_->events != nullptr) impl_->events->on_connected();
}

void ClientConnection::on_data(std::string_view bytes) {
  impl_->read(bytes);
}

void ClientConnection::on_close(net::CloseReason reason, std::string_view detail) {
  Impl& self = *impl_;
  if (!self.opened) {
    return self.fail(reason == net::CloseReason::tls_failed ? ClientFailure::tls_failed
                                                            : ClientFailure::connect_failed,
                     detail);
  }
  const bool ends_body = self.phase == Impl::Phase::body && self.body.ends_by_close();
  if (ends_body && reason == net::CloseReason::eof) return self.end(false);
  self.fail(ClientFailure::reset, detail.empty() ? name(reason) : detail);
}

void ClientConnection::Impl::read(std::string_view bytes) {
  // What comes with the end of a handshake is read before the request leaves. Taken for its answer,
  // it could fail half-way as one of which nothing was sent, and be asked for again.
  if (events != nullptr && !bytes.empty() && !request_begun()) {
    return fail(ClientFailure::invalid, "an answer before the request");
  }
  while (events != nullptr && !bytes.empty()) {
    if (phase == Phase::head) {
      read_head(bytes);
    } else {
      read_body(bytes);
    }
  }
  // What nobody asked for: the next answer could not be told from it.
  if (!bytes.empty()) {
    reusable = false;
    stream->close();
  }
}

void ClientConnection::Impl::read_head(std::string_view& bytes) {
  const HeadStatus status = parser->feed(bytes);
  if (status == HeadStatus::need_more) return;
  if (status == HeadStatus::bad) {
    return fail(ClientFailure::invalid, name(parser->glitch()));
  }
  if (parser->status() == 101) return fail(ClientFailure::invalid, "101 Switching Protocols");
  if (parser->status() < 200) {
    if (++interim > kMaxInterim) return fail(ClientFailure::invalid, "too many 1xx answers");
    return parser->reset();
  }
  std::unique_ptr<H1Response> head = std::move(parser);
  body = head->body(to_head);
  last = head->last();
  received = 0;
  phase = Phase::body;
  if (body.remaining() > limits.body_bytes) {
    return fail(ClientFailure::invalid, "the answer is too long");
  }
  events->on_answer_head({.status = head->status(),
                          .fields = head->fields(),
                          .content_length = head->content_length()});
  spare_parsers.give_back(std::move(head));
  if (events != nullptr && body.done()) end(bytes.empty());
}

void ClientConnection::Impl::read_body(std::string_view& bytes) {
  std::string_view data;
  switch (body.next(bytes, data)) {
    case H1Body::Status::need_more:
      return;
    case H1Body::Status::bad:
      return fail(ClientFailure::invalid, name(body.glitch()));
    case H1Body::Status::data:
      received += data.size();
      if (received > limits.body_bytes) {
        return fail(ClientFailure::invalid, "the answer is too long");
      }
      events->on_answer_data(data);
      break;
    case H1Body::Status::done:
      break;
  }
  if (events != nullptr && body.done()) end(bytes.empty());
}

// `clean`: nothing came after the answer.
void ClientConnection::Impl::end(bool clean) {
  // An answer before the whole request was taken leaves the upstream reading the rest of it.
  reusable = clean && !last && stream->pending() == 0;
  phase = Phase::idle;
  idle_since = loop.now();
  std::exchange(events, nullptr)->on_answer_end();
}

void ClientConnection::Impl::fail(ClientFailure failure, std::string_view detail) {
  reusable = false;
  phase = Phase::idle;
  stream->close();
  if (AnswerEvents* told = std::exchange(events, nullptr)) told->on_answer_failed(failure, detail);
}

}  // namespace gh::http
