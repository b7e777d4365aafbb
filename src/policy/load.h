#pragma once
// From the policy file to a Snapshot, or to every reason why not. Start-up and reload only.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policy/snapshot.h"

namespace gh::policy {

struct Problem {
  std::string file;  // as given on the command line, or an included file
  std::size_t line = 0;
  std::size_t column = 0;
  std::string message;  // one line: what is wrong, the offending text, what to write instead
};

// Something legal that an operator should know: `isolation.cache: shared`, an http upstream off
// loopback, a limit that never binds.
struct Loaded {
  std::shared_ptr<const Snapshot> snapshot;  // null when there are problems
  std::vector<Problem> problems;
  std::vector<Problem> notes;
};

// Reads `path` and what it includes. Never throws; an unreadable file is a Problem.
Loaded load(const std::string& path);
// The same from text, for tests and fuzzing; relative paths are relative to `directory`.
Loaded load_text(std::string_view text, const std::string& file, const std::string& directory);

// "gatehouse.yaml:12:5: unknown setting `tenant`; did you mean `tenants`?"
std::string format(const Problem& problem);

}  // namespace gh::policy
