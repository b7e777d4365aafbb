#pragma once
// The head of an HTTP/1.1 request from an untrusted client: rejects, never repairs. On top of
// h1_head.h: a known method, origin-form target, "HTTP/1.1", one valid Host, one way of framing the
// body (framing.h), no body for GET, HEAD, OPTIONS and TRACE. No I/O; one thread at a time.

#include <array>
#include <optional>
#include <string_view>

#include "http/glitch.h"
#include "http/h1_body.h"
#include "http/h1_head.h"
#include "http/message.h"

namespace gh::http {

class H1Request {
 public:
  // Takes what belongs to the head from the front of `bytes`.
  HeadStatus feed(std::string_view& bytes);
  Glitch glitch() const { return lines_.glitch(); }  // when bad
  bool begun() const { return lines_.begun(); }
  // Also when bad or not complete: what answers it has no body.
  bool is_head() const { return lines_.begins_with("HEAD "); }

  // When done; views into this object, valid until reset().
  const RequestHead& head() const { return head_; }
  H1Body body() const;                  // what follows the head
  bool last() const { return close_; }  // the client sent "Connection: close"

  void reset();

 private:
  std::optional<Glitch> read_start_line(std::string_view line);
  std::optional<Glitch> read_fields();

  H1Head lines_;
  RequestHead head_;
  std::array<Field, H1Head::kMaxFields> fields_;
  bool chunked_ = false;
  bool close_ = false;
};

}  // namespace gh::http
