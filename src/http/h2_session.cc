#include "http/h2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "http/h2_library.h"

namespace gh::http {
namespace {

constexpr std::int64_t kResetBurst = 80;  // below nghttp2's own limit, so that it is ours to count
constexpr std::int64_t kResetsPerSecond = 10;
// PING, SETTINGS, WINDOW_UPDATE, PRIORITY, small DATA, unknown types, …: a burst, and more for real
// work.
constexpr std::int64_t kIdleFrameBurst = 1000;
constexpr std::int64_t kIdleFramesPerSecond = 20;
// A client that goes on with a body while its stream is reset sends a window of it for nothing.
constexpr std::int64_t kSkippedPerFrame = 16 << 10;
constexpr std::int64_t kLongestFrame = 9 + (16 << 10);
constexpr std::size_t kMaxQueuedFrames = 512;
constexpr std::uint32_t kMaxStreams = 100;
constexpr int kConnectionWindow = 1 << 20;

nghttp2_nv pair(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    // nghttp2 copies both and changes neither.
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {.name = bytes(name),
          .value = bytes(value),
          .namelen = name.size(),
          .valuelen = value.size(),
          .flags = NGHTTP2_NV_FLAG_NONE};
}

ssize_t read_content(nghttp2_session*, std::int32_t id, std::uint8_t*, std::size_t most,
                     std::uint32_t* flags, nghttp2_data_source*, void* user) {
  return static_cast<H2Session*>(user)->next_content(id, most, *flags);
}

}  // namespace

H2Session::H2Session(Transport& transport, Shared& shared, const ServerOptions& options,
                     MonoTime accepted)
    : transport_(transport),
      shared_(shared),
      options_(options),
      library_(shared.h2->make_session(*this)),
      resets_(kResetBurst, kResetsPerSecond, transport.now()),
      idle_frames_(kIdleFrameBurst, kIdleFramesPerSecond, transport.now()),
      accepted_(accepted),
      idle_since_(transport.now()) {
  const std::array<nghttp2_settings_entry, 3> settings = {{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kMaxStreams},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, H2Head::kMaxHead},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  }};
  nghttp2_submit_settings(library_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  // So that the bodies of several streams come at once.
  nghttp2_session_set_local_window_size(library_, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
  transport_.flush_later();
  leaving_ = shared_.draining;
  wake_by(connection_deadline());
}

H2Session::~H2Session() {
  streams_.clear();
  nghttp2_session_del(library_);
}

void H2Session::on_data(std::string_view bytes) {
  if (closed_) return;
  const ssize_t taken = nghttp2_session_mem_recv(
      library_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (verdict_ != Glitch::count_) return end(verdict_);
  if (taken < 0) {
    const bool flood = taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS;
    return end(flood ? Glitch::h2_flood : Glitch::h2_protocol);
  }
  if (skips_too_much(bytes.size())) return end(Glitch::h2_flood);
  transport_.flush_later();
}

// nghttp2 says nothing of a frame that it skips, such as DATA of a stream that has ended. Those are
// known by their bytes alone; of a frame that has begun the rest is still to come.
bool H2Session::skips_too_much(std::size_t received) {
  skipped_ = std::max(skipped_ + static_cast<std::int64_t>(received), -kLongestFrame);
  for (; skipped_ > kSkippedPerFrame; skipped_ -= kSkippedPerFrame) {
    if (!idle_frames_.take(now())) return true;
  }
  return false;
}

void H2Session::on_flush() {
  if (closed_) return;
  send();
  if (verdict_ != Glitch::count_) return end(verdict_);
  if (nghttp2_session_get_outbound_queue_size(library_) > kMaxQueuedFrames) {
    return end(Glitch::h2_flood);
  }
  const bool all_sent = transport_.pending() <= net::Stream::kHighWater;
  if (leaving_ && streams_.empty() && all_sent) return say_goodbye(NGHTTP2_NO_ERROR);
  if (nghttp2_session_want_read(library_) == 0 && nghttp2_session_want_write(library_) == 0) {
    on_disconnected();
    return transport_.close_after_flush();
  }
  if (transport_.pending() > 0) wake_by(connection_deadline());
}

// Moves frames to the transport until nothing is left, flow control says no, or the client does
// not read: then on_drained goes on.
void H2Session::send() {
  while (transport_.pending() <= net::Stream::kHighWater) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(library_, &bytes);
    if (size < 0) give_up(Glitch::h2_protocol);
    if (size <= 0) break;
    transport_.out().append({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
  }
  if (transport_.pending() > 0) transport_.queued();
}

// Tells the client that it is over, and why.
void H2Session::end(Glitch glitch) {
  shared_.events.on_glitch(glitch, transport_.peer());
  const bool flood = glitch == Glitch::h2_flood || glitch == Glitch::h2_reset_flood;
  say_goodbye(flood ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
}

void H2Session::say_goodbye(std::uint32_t code) {
  on_disconnected();
  nghttp2_session_terminate_session(library_, code);
  send();
  transport_.close_after_flush();
}

void H2Session::on_disconnected() {
  closed_ = true;
  for (const auto& stream : streams_) stream->tell_gone();
}

// Streams go on, and those that begin meanwhile are answered: who drains says in what way.
void H2Session::drain() {
  leaving_ = true;
  for (const auto& stream : streams_) stream->hurry_rest();
  transport_.flush_later();
}

void H2Session::on_refused(Glitch glitch) {
  shared_.events.on_glitch(glitch, transport_.peer());
  // What was only too slow or too large was understood, and so is what follows.
  if (status_of(glitch) == 400) leaving_ = true;
}

void H2Session::wake_by(MonoTime time) {
  if (time >= wake_) return;
  wake_ = time;
  transport_.wake_at(time);
}

MonoTime H2Session::connection_deadline() const {
  MonoTime due = MonoTime::never();
  if (!served_) {
    due = accepted_ + options_.head_timeout;
  } else if (streams_.empty()) {
    due = idle_since_ + options_.keep_alive_timeout;
  }
  if (head_stream_ != 0) due = std::min(due, head_begun_ + options_.head_timeout);
  if (transport_.pending() > 0) {
    due = std::min(due, transport_.write_progress() + options_.write_timeout);
  }
  return due;
}

void H2Session::on_deadline() {
  wake_ = MonoTime::never();
  if (connection_is_late()) return;
  MonoTime next = connection_deadline();
  for (const auto& stream : streams_) {
    const auto glitch = stream->late(now());
    if (!glitch) {
      next = std::min(next, stream->deadline());
    } else if (*glitch == Glitch::slow_body) {
      stream->refuse_body(*glitch);
    } else {
      stream->cut();
    }
  }
  wake_by(next);
}

bool H2Session::connection_is_late() {
  if (connection_deadline() > now()) return false;
  if (transport_.pending() > 0 && transport_.write_progress() + options_.write_timeout <= now()) {
    shared_.events.on_glitch(Glitch::slow_reader, transport_.peer());
    for (const auto& stream : streams_) stream->tell_slow_reader();
    on_disconnected();
    transport_.close();
  } else if (head_stream_ != 0) {
    end(Glitch::slow_head);
  } else {
    say_goodbye(NGHTTP2_NO_ERROR);
  }
  return true;
}

void H2Session::submit_head(std::int32_t id, const ResponseHead& head, bool end_stream) {
  std::array<char, 20> length{};
  const std::string status = std::to_string(head.status);
  std::vector<nghttp2_nv> fields;
  fields.reserve(head.fields.size() + 3);
  fields.push_back(pair(":status", status));
  for (const Field& field : head.fields) fields.push_back(pair(field.name, field.value));
  fields.push_back(pair("date", shared_.date()));
  if (head.content_length && head.status != 204) {
    const auto end = std::to_chars(length.begin(), length.end(), *head.content_length).ptr;
    fields.push_back(pair("content-length", {length.data(), end}));
  }
  const nghttp2_data_provider provider = {.source = {.ptr = nullptr},
                                          .read_callback = read_content};
  nghttp2_submit_response(library_, id, fields.data(), fields.size(),
                          end_stream ? nullptr : &provider);
  transport_.flush_later();
}

void H2Session::submit_continue(std::int32_t id) {
  const nghttp2_nv status = pair(":status", "100");
  nghttp2_submit_headers(library_, NGHTTP2_FLAG_NONE, id, nullptr, &status, 1, nullptr);
  transport_.flush_later();
}

void H2Session::resume(std::int32_t id) {
  nghttp2_session_resume_data(library_, id);
  transport_.flush_later();
}

void H2Session::reset(std::int32_t id, Reset reason) {
  constexpr std::array<std::uint32_t, 3> kCodes = {NGHTTP2_PROTOCOL_ERROR, NGHTTP2_INTERNAL_ERROR,
                                                   NGHTTP2_NO_ERROR};
  nghttp2_submit_rst_stream(library_, NGHTTP2_FLAG_NONE, id,
                            kCodes[static_cast<std::size_t>(reason)]);
  transport_.flush_later();
}

void H2Session::consume(std::int32_t id, std::size_t size) {
  if (size == 0) return;
  nghttp2_session_consume(library_, id, size);
  transport_.flush_later();
}

}  // namespace gh::http
