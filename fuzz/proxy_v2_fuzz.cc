// gh-link: gh_net
// PROXY v2 heads: whatever comes, the parser asks for a bounded number of bytes more or decides,
// and decides the same when what follows the head is already there.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/proxy_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using gh::net::ProxyHead;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ProxyHead whole = gh::net::parse_proxy_v2(bytes);
  if (whole.status == ProxyHead::Status::need_more &&
      (whole.size <= size || whole.size > 16 + 512)) {
    std::abort();
  }
  if (whole.status != ProxyHead::Status::done) return 0;
  if (whole.size > size) std::abort();
  if (!whole.local && whole.address.family() == gh::net::Address::Family::none) std::abort();
  const ProxyHead alone = gh::net::parse_proxy_v2(bytes.substr(0, whole.size));
  if (alone.status != ProxyHead::Status::done || alone.size != whole.size ||
      alone.address.ip() != whole.address.ip()) {
    std::abort();
  }
  const ProxyHead before = gh::net::parse_proxy_v2(bytes.substr(0, whole.size - 1));
  if (before.status != ProxyHead::Status::need_more) std::abort();
  return 0;
}
