// gh-link: gh_http
// Whatever an upstream answers, and however it is cut, is read the same way and never past its end.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/h1_response.h"

namespace {

class Reader {
 public:
  void feed(std::string_view bytes) {
    while (!bytes.empty() && !stopped_) {
      if (in_body_) {
        read_body(bytes);
      } else {
        read_head(bytes);
      }
    }
  }
  std::string text;

 private:
  void read_head(std::string_view& bytes) {
    switch (head_.feed(bytes)) {
      case gh::http::HeadStatus::need_more:
        GH_CHECK(bytes.empty());
        return;
      case gh::http::HeadStatus::bad:
        return stop(name(head_.glitch()));
      case gh::http::HeadStatus::done:
        break;
    }
    GH_CHECK(head_.status() >= 100 && head_.status() <= 599);
    text += "\n" + std::to_string(head_.status());
    for (const gh::http::Field& field : head_.fields()) {
      text += " " + std::string(field.name) + "=" + std::string(field.value);
    }
    body_ = head_.body(false);
    in_body_ = !body_.done();
    if (head_.last() && body_.done()) return stop("last");
    head_.reset();
  }

  void read_body(std::string_view& bytes) {
    std::string_view data;
    const std::size_t before = bytes.size();
    switch (body_.next(bytes, data)) {
      case gh::http::H1Body::Status::need_more:
        GH_CHECK(bytes.empty());
        return;
      case gh::http::H1Body::Status::bad:
        return stop(name(body_.glitch()));
      case gh::http::H1Body::Status::data:
        GH_CHECK(!data.empty() && data.size() <= before - bytes.size());
        text += data;
        break;
      case gh::http::H1Body::Status::done:
        break;
    }
    in_body_ = !body_.done();
  }

  void stop(std::string_view why) {
    text += " | " + std::string(why);
    stopped_ = true;
  }

  gh::http::H1Response head_;
  gh::http::H1Body body_ = gh::http::H1Body::of_length(0);
  bool in_body_ = false;
  bool stopped_ = false;
};

std::string outcome(std::string_view bytes, std::size_t piece) {
  Reader reader;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    reader.feed(bytes.substr(0, piece));
  }
  return reader.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 61 + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string whole = outcome(bytes, bytes.size() + 1);
  GH_CHECK(outcome(bytes, piece) == whole);
  GH_CHECK(outcome(bytes, 1) == whole);
  return 0;
}
