#include <gtest/gtest.h>

#include "gateway/exchange.h"

namespace gh::gateway {
namespace {

// covers: engine-3.5-idle-exchange
TEST(Exchange, IsSmallWhileAnAnswerIsWaitedFor) {
  EXPECT_LE(sizeof(Exchange), 1024u);
}

}  // namespace
}  // namespace gh::gateway
