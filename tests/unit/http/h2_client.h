#pragma once
// Reads what an HTTP/2 server sent: frames, and the status of each answer.

#include <nghttp2/nghttp2.h>

#include <map>
#include <string>
#include <vector>

#include "h2_wire.h"

namespace gh::http::h2 {

class Reader {
 public:
  Reader() { nghttp2_hd_inflate_new(&inflater_); }
  ~Reader() { nghttp2_hd_inflate_del(inflater_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // `bytes`: whole frames, in the order they were sent.
  void read(std::string_view bytes) {
    for (Frame& frame : read_frames(bytes)) {
      if (frame.type == kHeaders) inflate(frame);
      if (frame.type == kData) body[frame.stream] += frame.payload;
      if (frame.ends_stream()) ended[frame.stream] = true;
      frames.push_back(std::move(frame));
    }
  }
  std::vector<Frame> of_type(Type type) const {
    std::vector<Frame> found;
    for (const Frame& frame : frames) {
      if (frame.type == type) found.push_back(frame);
    }
    return found;
  }

  std::vector<Frame> frames;
  std::vector<std::pair<std::uint32_t, std::string>> statuses;  // stream, status
  std::map<std::uint32_t, std::string> fields;                  // "name=value " of the answer
  std::map<std::uint32_t, std::string> body;
  std::map<std::uint32_t, bool> ended;

 private:
  void inflate(const Frame& frame) {
    auto in = reinterpret_cast<const std::uint8_t*>(frame.payload.data());
    std::size_t left = frame.payload.size();
    for (;;) {
      nghttp2_nv pair;
      int flags = 0;
      const ssize_t taken = nghttp2_hd_inflate_hd2(inflater_, &pair, &flags, in, left, 1);
      if (taken < 0) return;
      in += taken;
      left -= static_cast<std::size_t>(taken);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
        const std::string name(reinterpret_cast<const char*>(pair.name), pair.namelen);
        const std::string value(reinterpret_cast<const char*>(pair.value), pair.valuelen);
        if (name == ":status") statuses.emplace_back(frame.stream, value);
        fields[frame.stream] += name + "=" + value + " ";
      }
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_);
  }

  nghttp2_hd_inflater* inflater_ = nullptr;
};

}  // namespace gh::http::h2
