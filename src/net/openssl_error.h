#pragma once
// Private to net.

#include <string>

namespace gh::net {

// Empties this thread's OpenSSL error queue into one line.
std::string openssl_error();

}  // namespace gh::net
