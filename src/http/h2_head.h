#pragma once
// The head of an HTTP/2 request (RFC 9113 §8) under the same grammar and limits as HTTP/1.1.
// nghttp2 refuses most of what is wrong before; this holds the rest and does not rely on it. No
// I/O; one thread at a time.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/buffer.h"
#include "base/secret.h"
#include "http/glitch.h"
#include "http/h1_head.h"
#include "http/message.h"

namespace gh::http {

class H2Head {
 public:
  static constexpr std::size_t kMaxHead = H1Head::kMaxHead;  // names and values
  static constexpr std::size_t kMaxFields = H1Head::kMaxFields;
  static constexpr std::size_t kMaxLine = H1Head::kMaxLine;

  H2Head() = default;
  H2Head(const H2Head&) = delete;
  H2Head& operator=(const H2Head&) = delete;
  ~H2Head() { wipe(text_.data(), text_.size()); }

  // The next field as it was decoded. After the first that is refused the rest is not kept.
  void add(std::string_view name, std::string_view value);
  void refuse(Glitch glitch);
  // Names and values seen, kept or not.
  std::size_t seen() const { return seen_; }

  // All fields have come. `end_stream`: no body follows.
  std::optional<Glitch> finish(bool end_stream);
  // Also when it is refused: what answers it has no body.
  bool is_head() const { return pseudo(method) == "HEAD"; }
  // After finish() found nothing; views into this object.
  const RequestHead& head() const { return head_; }

 private:
  enum Pseudo : std::uint8_t { method, scheme, path, authority, pseudo_count };

  std::optional<Glitch> check(std::string_view name, std::string_view value) const;
  std::optional<Glitch> read_fields(bool end_stream);
  FieldPlace keep(std::string_view name, std::string_view value);
  std::string_view pseudo(Pseudo which) const;

  Buffer text_;
  std::array<std::optional<FieldPlace>, pseudo_count> pseudo_;
  std::array<FieldPlace, kMaxFields> entries_;
  std::array<Field, kMaxFields> fields_;
  RequestHead head_;
  std::optional<Glitch> glitch_;
  std::size_t seen_ = 0;
  std::size_t count_ = 0;
};

}  // namespace gh::http
