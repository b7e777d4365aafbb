#include "policy/secret_mode.h"

#include <gmock/gmock.h>

namespace gh::policy {
namespace {

using testing::HasSubstr;

constexpr uid_t kRoot = 0;
constexpr uid_t kSelf = 990;
constexpr uid_t kOther = 1000;

TEST(SecretMode, OwnersAlone) {
  for (const mode_t mode : {0400u, 0600u, 0500u, 0700u, 04600u, 01600u, 0000u}) {
    for (const uid_t owner : {kRoot, kSelf, kOther}) {
      EXPECT_EQ(secret_mode_fault(mode, owner, kSelf), "") << mode << " of " << owner;
    }
  }
}

TEST(SecretMode, TheGroupMayReadWhereRootOrWeHaveDecidedIt) {
  for (const mode_t mode : {0440u, 0640u, 02640u}) {
    EXPECT_EQ(secret_mode_fault(mode, kRoot, kSelf), "");
    EXPECT_EQ(secret_mode_fault(mode, kSelf, kSelf), "");
    EXPECT_EQ(secret_mode_fault(mode, kRoot, kRoot), "");
  }
  EXPECT_EQ(secret_mode_fault(0640, kOther, kSelf),
            "is open to its group (mode 0640), which only root or user 990 may decide, and user "
            "1000 owns it; run chmod 600");
  EXPECT_THAT(secret_mode_fault(0440, kOther, kSelf), HasSubstr("user 1000 owns it"));
  EXPECT_THAT(secret_mode_fault(0440, kSelf, kRoot), HasSubstr("user 990 owns it"));
}

TEST(SecretMode, TheGroupNeverWrites) {
  for (const mode_t mode : {0660u, 0620u, 0650u, 0670u, 0610u, 0460u, 0770u}) {
    for (const uid_t owner : {kRoot, kSelf, kOther}) {
      EXPECT_THAT(secret_mode_fault(mode, owner, kSelf), HasSubstr("for more than reading (mode "));
    }
  }
}

TEST(SecretMode, OthersNeverDoAnything) {
  for (const mode_t mode : {0644u, 0604u, 0602u, 0601u, 0444u, 0666u, 0777u, 0004u}) {
    for (const uid_t owner : {kRoot, kSelf, kOther}) {
      EXPECT_THAT(secret_mode_fault(mode, owner, kSelf), HasSubstr("is open to others (mode "));
    }
  }
}

}  // namespace
}  // namespace gh::policy
