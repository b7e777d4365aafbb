#pragma once
// Answers for files that are reached under several paths: the same file under the same name in its
// folder gets the same answer. Only short answers without findings are kept, and so many of them:
// what is not kept is examined again.

#include <cstddef>
#include <map>
#include <string>

#include "artifacts/answer.h"
#include "base/file_state.h"

namespace gh::artifacts {

// One content of a file, and a name that it has: what a name promises is a question of its own.
struct NamedFileState {
  FileState state;
  std::string name;

  auto operator<=>(const NamedFileState& other) const = default;
};

class CleanAnswers {
 public:
  void keep(const NamedFileState& file, const Answer& answer);
  // Null when there is none for what the file is now.
  const Answer* find(const NamedFileState& file) const;

 private:
  static constexpr std::size_t kMost = 10'000;
  static constexpr std::size_t kMaxFacts = 4096;  // bytes of one answer

  std::map<NamedFileState, Answer> kept_;
};

}  // namespace gh::artifacts
