#pragma once
// A passphrase from the person at the terminal, without echo. Command line only.

#include <string>

#include "base/error.h"
#include "base/secret.h"

namespace gh::crypto {

// From the controlling terminal, never from standard input; an error when there is none.
Result<Secret> ask_on_terminal(const std::string& prompt);

}  // namespace gh::crypto
