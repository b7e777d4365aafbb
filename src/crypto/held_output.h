#pragma once
// Standard error held back while a library that prints to it is at work, so that what it says can
// become a part of one error of ours. It is the process's: only for where no other thread writes.

#include <string>

#include "base/fd.h"

namespace gh::crypto {

class HeldStandardError {
 public:
  HeldStandardError();
  HeldStandardError(const HeldStandardError&) = delete;
  HeldStandardError& operator=(const HeldStandardError&) = delete;
  // Writes what was held and not taken where it was meant to go.
  ~HeldStandardError();

  // Ends the holding. What was written meanwhile, at most 64 KiB of it.
  std::string take();

 private:
  Fd usual_;  // invalid: nothing is held, as when no descriptor was free
  Fd held_;
};

}  // namespace gh::crypto
