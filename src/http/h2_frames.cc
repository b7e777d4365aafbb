// What nghttp2 tells a session: frames, fields and content from the client, and what it has sent.

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <utility>

#include "http/h2_session.h"

namespace gh::http {
namespace {

constexpr std::int64_t kFramesPerRequest = 10;
constexpr std::int64_t kFramesPerData = 4;  // window updates for stream and connection
constexpr std::size_t kSmallData = 256;
constexpr std::int64_t kFrameHead = 9;
constexpr std::size_t kMaxDecodedHead = 4 * H2Head::kMaxHead;

// A DATA frame that was long enough when it began, and brings little besides its padding.
bool is_padding(const nghttp2_frame& frame) {
  const bool end_stream = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  return !end_stream && frame.hd.length >= kSmallData &&
         frame.hd.length - frame.data.padlen < kSmallData;
}

}  // namespace

H2Stream* H2Session::find(std::int32_t id) {
  return static_cast<H2Stream*>(nghttp2_session_get_stream_user_data(library_, id));
}

int H2Session::give_up(Glitch glitch) {
  if (verdict_ == Glitch::count_) verdict_ = glitch;
  return NGHTTP2_ERR_CALLBACK_FAILURE;
}

// A stream that begins below the last one was skipped, and may not begin any more (RFC 9113
// §5.1.1). An id below it that is not open belongs to a stream that has been only where none was
// skipped: HEADERS there may be the trailer to one that was reset. nghttp2 ignores both.
bool H2Session::begins_out_of_order(std::int32_t id) {
  if (id % 2 == 0) return false;  // nghttp2 refuses it
  if (id > last_id_) {
    skipped_ids_ |= last_id_ != 0 && id != last_id_ + 2;
    if (first_id_ == 0) first_id_ = id;
    last_id_ = id;
    return false;
  }
  return (skipped_ids_ || id < first_id_) && find(id) == nullptr;
}

int H2Session::on_begin_frame(const nghttp2_frame_hd& head) {
  skipped_ -= kFrameHead + static_cast<std::int64_t>(head.length);
  // Also what nghttp2 lets pass: §6.3 has no PRIORITY for stream 0.
  if ((head.type == NGHTTP2_HEADERS && begins_out_of_order(head.stream_id)) ||
      (head.type == NGHTTP2_PRIORITY && head.stream_id == 0)) {
    return give_up(Glitch::h2_protocol);
  }
  const bool end_stream = (head.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (head.type == NGHTTP2_DATA && (end_stream || head.length >= kSmallData)) return 0;
  if (idle_frames_.take(now())) return 0;
  return give_up(Glitch::h2_flood);
}

int H2Session::on_begin_headers(const nghttp2_frame& frame) {
  const std::int32_t id = frame.hd.stream_id;
  if (H2Stream* stream = find(id)) {  // a second head is a trailer
    stream->refuse_body(Glitch::trailer);
    return 0;
  }
  if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  auto stream = std::make_unique<H2Stream>(*this, id);
  stream->place = streams_.size();
  nghttp2_session_set_stream_user_data(library_, id, stream.get());
  streams_.push_back(std::move(stream));
  idle_frames_.earn(kFramesPerRequest);
  head_stream_ = id;
  head_begun_ = now();
  wake_by(connection_deadline());
  return 0;
}

int H2Session::on_header(const nghttp2_frame& frame, std::string_view name,
                         std::string_view value) {
  H2Stream* stream = find(frame.hd.stream_id);
  if (stream == nullptr || stream->head() == nullptr) return 0;
  stream->head()->add(name, value);
  // What is over the limit costs nothing to skip, but not for ever.
  return stream->head()->seen() > kMaxDecodedHead ? give_up(Glitch::h2_flood) : 0;
}

int H2Session::on_invalid_header(const nghttp2_frame& frame) {
  H2Stream* stream = find(frame.hd.stream_id);
  if (stream != nullptr && stream->head() != nullptr) stream->head()->refuse(Glitch::bad_field);
  return 0;
}

int H2Session::on_frame(const nghttp2_frame& frame) {
  const bool end_stream = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  H2Stream* stream = find(frame.hd.stream_id);
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS:
      if (head_stream_ == frame.hd.stream_id) head_stream_ = 0;
      if (stream == nullptr || stream->head() == nullptr) break;
      served_ = true;
      stream->on_head_complete(end_stream);
      break;
    case NGHTTP2_DATA:
      if (is_padding(frame) && !idle_frames_.take(now())) return give_up(Glitch::h2_flood);
      if (stream != nullptr && end_stream) stream->on_body_end();
      break;
    case NGHTTP2_RST_STREAM:
      if (!resets_.take(now())) return give_up(Glitch::h2_reset_flood);
      break;
    default:
      break;
  }
  return 0;
}

int H2Session::on_content(std::int32_t id, std::string_view bytes) {
  if (H2Stream* stream = find(id)) {
    stream->on_content(bytes);
  } else {
    nghttp2_session_consume_connection(library_, bytes.size());
  }
  return 0;
}

int H2Session::on_frame_sent(const nghttp2_frame& frame) {
  switch (frame.hd.type) {
    case NGHTTP2_RST_STREAM: {
      const std::uint32_t code = frame.rst_stream.error_code;
      // Not its fault. Streams are refused only to those who have not read our SETTINGS yet: more
      // than it says, after that, is an error of the connection.
      if (code == NGHTTP2_NO_ERROR || code == NGHTTP2_INTERNAL_ERROR ||
          code == NGHTTP2_REFUSED_STREAM) {
        return 0;
      }
      // nghttp2's verdict on a frame of the client's, such as a WINDOW_UPDATE that is too
      // large: whatever the request has come to.
      shared_.events.on_glitch(Glitch::h2_protocol, transport_.peer());
      if (H2Stream* stream = find(frame.hd.stream_id)) stream->tell_broken(Glitch::h2_protocol);
      return resets_.take(now()) ? 0 : give_up(Glitch::h2_reset_flood);
    }
    case NGHTTP2_GOAWAY:
      // nghttp2's own verdict, for example on a frame's size.
      if (frame.goaway.error_code != NGHTTP2_NO_ERROR && !closed_) {
        shared_.events.on_glitch(Glitch::h2_protocol, transport_.peer());
      }
      return 0;
    case NGHTTP2_DATA:
      idle_frames_.earn(kFramesPerData);
      break;
    case NGHTTP2_HEADERS:
      break;
    default:
      return 0;
  }
  if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
  if (H2Stream* stream = find(frame.hd.stream_id)) stream->on_answer_left();
  return 0;
}

int H2Session::on_stream_closed(std::int32_t id) {
  H2Stream* stream = find(id);
  if (stream == nullptr) return 0;
  if (head_stream_ == id) head_stream_ = 0;
  nghttp2_session_set_stream_user_data(library_, id, nullptr);
  const std::size_t place = stream->place;
  std::unique_ptr<H2Stream> closed = std::move(streams_[place]);
  if (place + 1 != streams_.size()) {
    streams_[place] = std::move(streams_.back());
    streams_[place]->place = place;
  }
  streams_.pop_back();
  closed->tell_gone();
  if (streams_.empty()) {
    idle_since_ = now();
    wake_by(connection_deadline());
  }
  return 0;
}

long H2Session::next_content(std::int32_t id, std::size_t most, std::uint32_t& flags) {
  H2Stream* stream = find(id);
  if (stream == nullptr) return NGHTTP2_ERR_DEFERRED;
  const std::size_t size = std::min(most, stream->queued().size());
  const bool all = size == stream->queued().size();
  if (all && stream->ends_after_queued()) flags |= NGHTTP2_DATA_FLAG_EOF;
  if (size == 0 && (flags & NGHTTP2_DATA_FLAG_EOF) == 0) {
    if (stream->aborting()) reset(id, Reset::internal_error);
    return NGHTTP2_ERR_DEFERRED;
  }
  flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  return static_cast<long>(size);
}

int H2Session::send_content(std::int32_t id, std::string_view frame_head, std::size_t size) {
  if (transport_.pending() > net::Stream::kHighWater) return NGHTTP2_ERR_WOULDBLOCK;
  H2Stream* stream = find(id);
  // While the frame waited for room, its stream may have dropped what it was promised from.
  if (stream == nullptr || stream->queued().size() < size) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  Buffer& out = transport_.out();
  out.append(frame_head);
  out.append(stream->queued().view().substr(0, size));
  stream->on_sent(size);
  return 0;
}

}  // namespace gh::http
