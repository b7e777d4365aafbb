#include "base/base64.h"

#include <gtest/gtest.h>

#include <random>

namespace gh {
namespace {

TEST(Base64, TheVectorsOfRfc4648) {
  constexpr std::pair<const char*, const char*> kVectors[] = {{"", ""},
                                                              {"f", "Zg=="},
                                                              {"fo", "Zm8="},
                                                              {"foo", "Zm9v"},
                                                              {"foob", "Zm9vYg=="},
                                                              {"fooba", "Zm9vYmE="},
                                                              {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(unbase64(text), bytes);
  }
  EXPECT_EQ(unbase64("+/+/"), "\xfb\xff\xbf");
}

TEST(Base64, AnyBytesThereAndBack) {
  std::minstd_rand random(1);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random() & 0xff);
    EXPECT_EQ(unbase64(base64(bytes)), bytes);
  }
}

TEST(Base64, OneTextForOneValue) {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Zm9v\n", " Zm9v", "Zm 9v",
        "====", "Z===", "=Zg=", "Zg==Zg==", "Zm8=Zm8=", "-_-_", "Zm9*", "Zg=A", "Zm9v\xc3\xa9zz"}) {
    EXPECT_FALSE(unbase64(text)) << text;
  }
  EXPECT_FALSE(unbase64(std::string_view("Zm9\0", 4)));
}

}  // namespace
}  // namespace gh
