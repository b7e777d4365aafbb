#pragma once
// One table of exit codes for every command (docs/commands.md).

#include <string_view>

namespace gh::cli {

inline constexpr int kFine = 0;       // done, nothing found
inline constexpr int kFindings = 1;   // findings, or refused
inline constexpr int kUndecided = 2;  // unreadable, inconclusive, internal
inline constexpr int kNothing = 3;    // nothing to do, target unreachable
inline constexpr int kUsage = 64;     // the command line is wrong

// For whoever asks for help.
inline constexpr std::string_view kExitCodes =
    "Exit codes: 0 fine, 1 findings or refused, 2 could not decide, 3 nothing to do, 64 usage.";

}  // namespace gh::cli
