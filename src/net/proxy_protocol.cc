#include "net/proxy_protocol.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace gh::net {
namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kFixed = 16;
constexpr std::size_t kMostAfterFixed = 512;  // addresses and a few TLVs

std::uint16_t big_endian16(const char* bytes) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 |
                                    static_cast<unsigned char>(bytes[1]));
}

Address source_v4(const char* block) {
  sockaddr_in raw{};
  raw.sin_family = AF_INET;
  std::memcpy(&raw.sin_addr, block, 4);
  raw.sin_port = htons(big_endian16(block + 8));
  return Address::from(reinterpret_cast<const sockaddr*>(&raw), sizeof raw);
}

Address source_v6(const char* block) {
  sockaddr_in6 raw{};
  raw.sin6_family = AF_INET6;
  std::memcpy(&raw.sin6_addr, block, 16);
  raw.sin6_port = htons(big_endian16(block + 32));
  return Address::from(reinterpret_cast<const sockaddr*>(&raw), sizeof raw);
}

}  // namespace

ProxyHead parse_proxy_v2(std::string_view bytes) {
  ProxyHead head;
  head.status = ProxyHead::Status::bad;
  const auto known = std::min(bytes.size(), kSignature.size());
  if (bytes.substr(0, known) != kSignature.substr(0, known)) return head;
  if (bytes.size() < kFixed) {
    head.status = ProxyHead::Status::need_more;
    head.size = kFixed;
    return head;
  }
  const auto version_command = static_cast<unsigned char>(bytes[12]);
  const auto family_protocol = static_cast<unsigned char>(bytes[13]);
  const std::size_t length = big_endian16(bytes.data() + 14);
  if (version_command >> 4 != 2 || length > kMostAfterFixed) return head;
  const unsigned command = version_command & 15u;
  if (command > 1) return head;
  head.size = kFixed + length;
  if (bytes.size() < head.size) {
    head.status = ProxyHead::Status::need_more;
    return head;
  }
  const char* block = bytes.data() + kFixed;
  if (command == 0) {
    head.local = true;
  } else if (family_protocol == 0x11 && length >= 12) {
    head.address = source_v4(block);
  } else if (family_protocol == 0x21 && length >= 36) {
    head.address = source_v6(block);
  } else if (family_protocol == 0x31 && length >= 216) {
    head.address = Address::unix_socket();
  } else {
    return head;  // UNSPEC and datagrams name no client that limits could count
  }
  head.status = ProxyHead::Status::done;
  return head;
}

}  // namespace gh::net
