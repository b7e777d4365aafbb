#pragma once
// What is wrong with a command line, for whoever typed it. Private to the parser.

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
class ParseError;
}  // namespace CLI

namespace gh::cli {

// One line, escaped: the word that is meant, what it may have been meant to be, and whose help to
// read. `program` has thrown `error`.
std::string parse_fault(const CLI::App& program, const CLI::ParseError& error);

}  // namespace gh::cli
