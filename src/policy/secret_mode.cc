#include "policy/secret_mode.h"

#include <fmt/format.h>

namespace gh::policy {

std::string secret_mode_fault(mode_t mode, uid_t owner, uid_t self) {
  constexpr mode_t kOthers = 007;
  constexpr mode_t kGroup = 070;
  constexpr mode_t kGroupReads = 040;
  mode &= 07777;
  if ((mode & kOthers) != 0) {
    return fmt::format("is open to others (mode {:04o}); run chmod 600", mode);
  }
  if ((mode & kGroup & ~kGroupReads) != 0) {
    return fmt::format("is open to its group for more than reading (mode {:04o}); run chmod 640",
                       mode);
  }
  if ((mode & kGroupReads) != 0 && owner != 0 && owner != self) {
    return fmt::format(
        "is open to its group (mode {:04o}), which only root or user {} may decide, and user {} "
        "owns it; run chmod 600",
        mode, self, owner);
  }
  return {};
}

}  // namespace gh::policy
