// What a token's engine prints, as one sentence.

#include "crypto/token_trouble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "crypto/held_output.h"

namespace gh::crypto {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(TokenTrouble, TheFirstStepThatFailedIsTold) {
  const auto told = [](std::string_view said) { return token_trouble(said, true); };
  const std::string end =
      "The private key was not found at: pkcs11:token=a\nPKCS11_get_private_key returned NULL\n";
  EXPECT_THAT(told("./gatehouse: undefined symbol: C_GetFunctionList\nUnable to load module \n"),
              HasSubstr("PKCS11_MODULE_PATH"));
  EXPECT_THAT(told("The private key ID is not a valid PKCS#11 URI\n" + end), HasSubstr("the URI"));
  EXPECT_THAT(told("No matching initialized token was found for private key\n" + end),
              HasSubstr("--list-token-slots"));
  EXPECT_THAT(told("UI_process failed\nNo PIN code was entered\nLogin to token failed\n" + end),
              HasSubstr("does not take this PIN"));
  EXPECT_THAT(told(end), HasSubstr("--list-objects"));
}

TEST(TokenTrouble, APinOfTheUriIsAnotherThanOurs) {
  const std::string said = "Login failed\nLogin to token failed, returning NULL...\n";
  EXPECT_THAT(token_trouble(said, false), HasSubstr("`pin-source`"));
  EXPECT_THAT(token_trouble(said, true), Not(HasSubstr("pin-source")));
}

TEST(TokenTrouble, WhatIsNotKnownIsQuotedOnOneLine) {
  const std::string told = token_trouble("Something\x1b[2J new\nhappened\n", true);
  EXPECT_THAT(told, HasSubstr("its engine says: Something"));
  EXPECT_EQ(told.find_first_of("\n\x1b"), std::string::npos);
  EXPECT_EQ(token_trouble("", true), "the token gives no private key");
}

TEST(HeldStandardError, IsTakenOrGoesWhereItWasMeantTo) {
  testing::internal::CaptureStderr();
  {
    HeldStandardError held;
    ASSERT_EQ(write(STDERR_FILENO, "taken", 5), 5);
    EXPECT_EQ(held.take(), "taken");
    EXPECT_EQ(held.take(), "");
    ASSERT_EQ(write(STDERR_FILENO, "1", 1), 1);
  }
  {
    const HeldStandardError held;
    ASSERT_EQ(write(STDERR_FILENO, "2", 1), 1);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "12");
}

}  // namespace
}  // namespace gh::crypto
