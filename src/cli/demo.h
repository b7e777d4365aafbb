#pragma once
// `gatehouse demo`: gateway and simulator on loopback, every expected behaviour shown with real
// requests.

namespace gh::cli {

struct Demo {
  bool once = false;   // print the table and exit: 0 only when every row holds
  bool quiet = false;  // only rows that do not
};

int run(const Demo& command);

}  // namespace gh::cli
