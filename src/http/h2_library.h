#pragma once
// What nghttp2 needs once for all sessions of a Server: its callbacks and its limits. Needs
// nghttp2 1.52 with the back-ported limits of Debian 12 (stream_reset_rate_limit,
// max_continuations).

struct nghttp2_session;
struct nghttp2_session_callbacks;
struct nghttp2_option;

namespace gh::http {

class H2Session;

class H2Library {
 public:
  H2Library();
  ~H2Library();
  H2Library(const H2Library&) = delete;
  H2Library& operator=(const H2Library&) = delete;

  // The caller's; ends with nghttp2_session_del.
  nghttp2_session* make_session(H2Session& session) const;

 private:
  nghttp2_session_callbacks* callbacks_ = nullptr;
  nghttp2_option* option_ = nullptr;
};

}  // namespace gh::http
