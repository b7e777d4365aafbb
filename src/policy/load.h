#pragma once
// From the policy file to a Snapshot, or to every reason why not. Start-up and reload only.

#include <cstddef>
#include <memory>
#include <optional>
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

// One value in force, for `policy show`. Secrets are shown by where they come from.
struct Effective {
  std::string path;    // "tenants.alpha.request.max_tokens"
  std::string value;   // as it would be written
  std::string origin;  // "gatehouse.yaml:30:18", or "default"
};

struct Loaded {
  std::shared_ptr<const Snapshot> snapshot;  // null when there are problems
  std::vector<Problem> problems;
  // Something legal that an operator should know: `isolation.cache: shared`, an http upstream off
  // loopback, a limit that never binds.
  std::vector<Problem> notes;
  std::vector<Effective> effective;  // when asked for, and there are no problems

  // Null when there is none of that path.
  const Effective* find(std::string_view path) const;
};

struct LoadOptions {
  bool effective = false;     // fill Loaded::effective
  bool upstream_keys = true;  // read them; commands that talk to no upstream need not have them
};

// Reads `path` and what it includes. Never throws; an unreadable file is a Problem.
Loaded load(const std::string& path, LoadOptions options = {});
// The same from text, for tests and fuzzing; relative paths are relative to `directory`.
Loaded load_text(std::string_view text, const std::string& file, const std::string& directory,
                 LoadOptions options = {});

// Where the keys are, from a policy that may be wrong in what has nothing to do with them: a leaked
// key is revoked before an unrelated mistake is found.
struct StateFiles {
  std::string directory;
  std::string pepper_file;
  std::string salt_key_file;
};
// Nothing when the files could not be read as one tree, or when `version`, `state`, `secrets` or a
// name at the top is wrong, in whichever file.
std::optional<StateFiles> load_state_files(const std::string& path);

// "gatehouse.yaml:12:5: unknown setting `tenant`; did you mean `tenants`?"
std::string format(const Problem& problem);

}  // namespace gh::policy
