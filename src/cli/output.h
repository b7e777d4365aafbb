#pragma once
// What commands say: results on standard output, complaints on standard error.

#include <string_view>
#include <vector>

#include "policy/load.h"

namespace gh::cli {

// On standard error. That nobody reads it stops nothing, and changes no exit code.
void say(std::string_view text);

// "gatehouse: MESSAGE" on standard error; returns `exit_code`. `message` is escaped already.
int complain(int exit_code, std::string_view message);
// "gatehouse: note: MESSAGE": no mistake, and yet something to know.
void note(std::string_view message);

// On standard output; false when it did not reach whoever reads it.
bool print(std::string_view text);

// The same; returns `exit_code`, or kUndecided when it could not be written.
int print(int exit_code, std::string_view text);

// Whether standard output is a terminal and nobody set NO_COLOR (no-color.org).
bool wants_colour();

// Each as "file:line:column: message" on standard error.
void complain_of(const std::vector<policy::Problem>& problems);

// Rows under each other, columns as wide as their content, the last one as it is.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace gh::cli
