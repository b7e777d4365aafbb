// How our HTTP/1.1 codec reads a client's bytes, for comparison with other implementations.
//
// stdin: inputs, each as a 4-byte big-endian length and the bytes. stdout: for each input a line
// "open" or "refused", after one line for each request whose head was accepted:
// "request METHOD TARGET FIELDS BODY-IN-HEX complete|partial".

#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "http/h1_request.h"

namespace {

using gh::http::H1Body;
using gh::http::H1Request;
using gh::http::HeadStatus;

// Reads one request from the front of `bytes`; false when no other may follow.
bool echo_request(H1Request& request, std::string_view& bytes, bool& refused) {
  const HeadStatus status = request.feed(bytes);
  refused = status == HeadStatus::bad;
  if (status != HeadStatus::done) return false;
  const gh::http::RequestHead& head = request.head();
  H1Body body = request.body();
  std::string content;
  std::string_view data;
  H1Body::Status step = body.next(bytes, data);
  for (; step == H1Body::Status::data; step = body.next(bytes, data)) content += data;
  refused = step == H1Body::Status::bad;
  std::cout << "request " << name(head.method) << ' ' << head.target
            << (head.query.empty() ? "" : "?") << head.query << ' ' << head.fields.size() << " x"
            << gh::hex(content) << (body.done() ? " complete\n" : " partial\n");
  return body.done() && !request.last();
}

void echo(std::string_view bytes) {
  bool refused = false;
  H1Request request;
  while (!bytes.empty() && echo_request(request, bytes, refused)) request.reset();
  std::cout << (refused ? "refused\n" : "open\n");
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  unsigned char size[4];
  while (std::cin.read(reinterpret_cast<char*>(size), sizeof size)) {
    std::string bytes((std::size_t{size[0]} << 24) | (std::size_t{size[1]} << 16) |
                          (std::size_t{size[2]} << 8) | size[3],
                      '\0');
    if (!std::cin.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return 1;
    echo(bytes);
  }
}
