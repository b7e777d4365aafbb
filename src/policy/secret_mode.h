#pragma once
// Who may read a file that holds a secret. Nobody but its owner and, where root or this process's
// user owns it and so has decided it, its group: Kubernetes (fsGroup) and systemd from 254 on hand
// secrets over with mode 0440. Pure; any thread.

#include <sys/types.h>

#include <string>

namespace gh::policy {

// Why a file with this mode and owner keeps no secret, "is open to others (mode 0644); run …"; ""
// when it does. `self` is the user that this process acts as.
std::string secret_mode_fault(mode_t mode, uid_t owner, uid_t self);

}  // namespace gh::policy
