#pragma once
// What the admin listener answers, without a socket. Control thread only.

#include <string>
#include <string_view>

#include "gateway/gateway.h"
#include "http/message.h"
#include "net/address.h"

namespace gh::console {

struct Reply {
  int status = 200;
  std::string_view content_type;
  std::string body;
};

struct Caller {
  net::Address peer;
  bool tls = false;
  bool certificate = false;  // the handshake has verified one of theirs
};

Reply answer(const gateway::Gateway& gateway, const http::RequestHead& head, const Caller& caller);

}  // namespace gh::console
