#pragma once
// `gatehouse rules list` and `gatehouse explain ID`: what findings there are, and what one means.

#include <string>

#include "findings/catalogue.h"

namespace gh::cli {

struct RulesList {
  std::string format = "text";  // text, json, markdown
};
struct Explain {
  std::string id;
};

// The rules of every command.
findings::Catalogue all_rules();

int run(const RulesList& command);
int run(const Explain& command);

}  // namespace gh::cli
