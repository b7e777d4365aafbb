#pragma once
// `gatehouse rules list` and `gatehouse explain ID`: what findings there are, and what one means.

#include <string>

namespace gh::cli {

struct RulesList {
  std::string format = "text";  // text, json, markdown
};
struct Explain {
  std::string id;
};

int run(const RulesList& command);
int run(const Explain& command);

}  // namespace gh::cli
