#pragma once
// systemd's readiness protocol (sd_notify(3)), which is one datagram: not worth a library.

#include <string_view>

namespace gh::cli {

// Does nothing when the process was not started with NOTIFY_SOCKET.
void notify(std::string_view state);

}  // namespace gh::cli
