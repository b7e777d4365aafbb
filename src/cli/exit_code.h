#pragma once
// One table of exit codes for every command (docs/commands.md).

namespace gh::cli {

inline constexpr int kFine = 0;       // done, nothing found
inline constexpr int kFindings = 1;   // findings, or refused
inline constexpr int kUndecided = 2;  // unreadable, inconclusive, internal
inline constexpr int kNothing = 3;    // nothing to do, target unreachable
inline constexpr int kUsage = 64;     // the command line is wrong

}  // namespace gh::cli
