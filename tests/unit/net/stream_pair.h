#pragma once
// What the tests of streams share.

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "harness.h"

namespace gh::net::test {

// A stream that is open, and the other end of it.
struct Pair {
  explicit Pair(Loop& loop, std::pair<Fd, Fd> ends = unix_pair())
      : owner(loop), peer(std::move(ends.second)) {
    owner.accept(std::move(ends.first));
    EXPECT_TRUE(drive(loop, [&] { return owner.opens == 1; }));
  }
  Stream& stream() { return *owner.stream; }
  // Writes until the kernel takes no more.
  void fill() {
    int writes = 0;
    do {
      stream().write(std::string(16 << 10, 'f'));
      drive(stream().loop(), [] { return true; });
    } while (stream().pending() == 0 && ++writes < 10000);
    EXPECT_GT(stream().pending(), 0u);
  }
  Owner owner;
  Fd peer;
};

}  // namespace gh::net::test
