#include "simulator/http_reader.h"

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "base/text.h"

namespace gh::simulator {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool read_line(std::string_view line, HttpRequest& request) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || last <= first + 1) return false;
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return false;
  request.keep_alive = version == "HTTP/1.1";
  return request.target.find(' ') == std::string_view::npos;
}

bool read_field(std::string_view line, HttpRequest& request) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  if (line.find_first_of(std::string_view(" \t\0\n\r", 5)) < colon) return false;
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  if (value.find_first_of(std::string_view("\0\n\r", 3)) != std::string_view::npos) return false;
  request.fields.push_back({line.substr(0, colon), value});
  return true;
}

bool read_head(std::string_view head, HttpRequest& request) {
  request.fields.clear();
  auto end = head.find("\r\n");
  if (!read_line(head.substr(0, end), request)) return false;
  while (end != std::string_view::npos) {
    head.remove_prefix(end + 2);
    end = head.find("\r\n");
    if (!read_field(head.substr(0, end), request)) return false;
  }
  if (equals_ignoring_case(request.field("connection"), "close")) request.keep_alive = false;
  return true;
}

// The body's size; false for one that is not plainly given.
bool read_length(const HttpRequest& request, std::size_t& length) {
  length = 0;
  if (!request.field("transfer-encoding").empty()) return false;
  int lengths = 0;
  for (const HttpField& field : request.fields) {
    if (!equals_ignoring_case(field.name, "content-length")) continue;
    const auto digits = trim(field.value);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc() || end != digits.data() + digits.size()) return false;
    ++lengths;
  }
  return lengths <= 1;
}

}  // namespace

std::string_view HttpRequest::field(std::string_view name) const {
  const auto it = std::ranges::find_if(
      fields, [name](const HttpField& f) { return equals_ignoring_case(f.name, name); });
  return it == fields.end() ? std::string_view() : it->value;
}

ReadState read_request(std::string_view bytes, std::size_t max_body, HttpRequest& request,
                       std::size_t& needed) {
  const auto head_end = bytes.substr(0, kMaxHead).find(kHeadEnd);
  if (head_end == std::string_view::npos) {
    needed = bytes.size() + 1;
    return bytes.size() < kMaxHead ? ReadState::need_more : ReadState::bad;
  }
  std::size_t length = 0;
  if (!read_head(bytes.substr(0, head_end), request) || !read_length(request, length) ||
      length > max_body) {
    return ReadState::bad;
  }
  const std::size_t head_size = head_end + kHeadEnd.size();
  needed = head_size + length;
  if (bytes.size() < needed) return ReadState::need_more;
  request.raw = bytes.substr(0, needed);
  request.body = bytes.substr(head_size, length);
  return ReadState::complete;
}

std::string route_path(std::string_view target) {
  if (!target.starts_with('/')) {
    const auto host = target.find("://");
    const auto path = host == std::string_view::npos ? host : target.find('/', host + 3);
    target.remove_prefix(std::min(path, target.size()));
  }
  target = target.substr(0, target.find_first_of("?#"));
  std::string path;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const auto byte = target[i] == '%' ? unhex(target.substr(i + 1, 2)) : std::nullopt;
    if (byte && byte->size() == 1) {
      path += *byte;
      i += 2;
    } else {
      path += target[i];
    }
  }
  return path;
}

}  // namespace gh::simulator
