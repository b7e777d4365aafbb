#pragma once
// HTTP/2 as bytes for tests: frames made by hand, so that they may be wrong, and a reader of the
// frames that come back. Fields are coded as HPACK literals without indexing (RFC 7541 §6.2.2).

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gh::http::h2 {

enum Type : std::uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kReset = 3,
  kSettings = 4,
  kPushPromise = 5,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};
inline constexpr unsigned kEndStream = 1;
inline constexpr unsigned kAck = 1;
inline constexpr unsigned kEndHeaders = 4;

inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

inline std::string big_endian(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
  return out;
}

inline std::string frame(std::uint8_t type, unsigned flags, std::uint32_t stream,
                         std::string_view payload = {}) {
  return big_endian(static_cast<std::uint32_t>(payload.size()), 3) + static_cast<char>(type) +
         static_cast<char>(flags) + big_endian(stream, 4) + std::string(payload);
}

inline std::string hpack_string(std::string_view text) {
  std::string out;
  if (text.size() < 127) {
    out += static_cast<char>(text.size());
  } else {
    out += '\x7f';
    std::size_t rest = text.size() - 127;
    for (; rest >= 128; rest /= 128) out += static_cast<char>(rest % 128 + 128);
    out += static_cast<char>(rest);
  }
  return out + std::string(text);
}

using Fields = std::vector<std::pair<std::string, std::string>>;

inline std::string hpack(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    out += '\0';
    out += hpack_string(name) + hpack_string(value);
  }
  return out;
}

inline Fields request(std::string_view method = "POST", std::string_view path = "/v1/x",
                      const Fields& more = {}) {
  Fields fields = {{":method", std::string(method)},
                   {":scheme", "https"},
                   {":path", std::string(path)},
                   {":authority", "gateway.example"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

inline std::string headers(std::uint32_t stream, const Fields& fields, unsigned flags = 0) {
  return frame(kHeaders, kEndHeaders | flags, stream, hpack(fields));
}

inline std::string data(std::uint32_t stream, std::string_view bytes, unsigned flags = 0) {
  return frame(kData, flags, stream, bytes);
}

inline std::string reset(std::uint32_t stream, std::uint32_t code) {
  return frame(kReset, 0, stream, big_endian(code, 4));
}

inline std::string window(std::uint32_t stream, std::uint32_t size) {
  return frame(kWindowUpdate, 0, stream, big_endian(size, 4));
}

inline std::string setting(std::uint16_t id, std::uint32_t value) {
  return big_endian(id, 2) + big_endian(value, 4);
}

inline std::string hello() {
  return std::string(kPreface) + frame(kSettings, 0, 0);
}

struct Frame {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
  std::string payload;

  std::uint32_t code() const {  // of RST_STREAM, and of GOAWAY after the last stream
    const std::size_t at = type == kGoAway ? 4 : 0;
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
      value = value << 8 | static_cast<std::uint8_t>(payload.at(i));
    }
    return value;
  }
  bool ends_stream() const { return (type == kData || type == kHeaders) && (flags & kEndStream); }
};

inline std::vector<Frame> read_frames(std::string_view bytes) {
  std::vector<Frame> frames;
  const auto at = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i]));
  };
  while (bytes.size() >= 9) {
    const std::size_t size = at(0) << 16 | at(1) << 8 | at(2);
    Frame frame{.type = static_cast<std::uint8_t>(at(3)),
                .flags = static_cast<std::uint8_t>(at(4)),
                .stream = at(5) << 24 | at(6) << 16 | at(7) << 8 | at(8),
                .payload = std::string(bytes.substr(9, size))};
    bytes.remove_prefix(9 + size);
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace gh::http::h2
