#pragma once
// The head of an HTTP/1.1 response from an untrusted upstream, as strict as that of a request
// (h1_head.h, framing.h): exactly "HTTP/1.1 NNN reason", status 100–599, one way of framing the
// body. No I/O; one thread at a time.

#include <array>
#include <optional>
#include <string_view>

#include "http/glitch.h"
#include "http/h1_body.h"
#include "http/h1_head.h"
#include "http/message.h"

namespace gh::http {

class H1Response {
 public:
  // Takes what belongs to the head from the front of `bytes`.
  HeadStatus feed(std::string_view& bytes);
  Glitch glitch() const { return lines_.glitch(); }  // when bad

  // When done; views into this object, valid until reset().
  int status() const { return status_; }
  std::span<const Field> fields() const { return kept_; }
  std::optional<std::uint64_t> content_length() const { return length_; }
  bool last() const { return close_; }  // "Connection: close"
  // What follows the head; `to_head`: the request was HEAD.
  H1Body body(bool to_head) const;

  void reset();

 private:
  std::optional<Glitch> read_start_line(std::string_view line);
  std::optional<Glitch> read_fields();
  bool bodiless() const { return status_ < 200 || status_ == 204 || status_ == 304; }

  H1Head lines_;
  std::array<Field, H1Head::kMaxFields> fields_;
  std::span<const Field> kept_;
  std::optional<std::uint64_t> length_;
  int status_ = 0;
  bool chunked_ = false;
  bool close_ = false;
};

}  // namespace gh::http
