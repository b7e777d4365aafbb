#pragma once
// What files of a Hugging Face cache state. There one file has a path in each snapshot: it is
// examined and reported under the first of each name, and what it states counts in each folder.
// Used by one thread.

#include <cstddef>
#include <map>
#include <memory>
#include <set>

#include "artifacts/answer.h"
#include "artifacts/clean_answers.h"
#include "artifacts/folders.h"
#include "artifacts/slot.h"

namespace gh::artifacts {

class CachedFacts {
 public:
  // Of a file that is being examined for a snapshot, until `end`.
  void start(const NamedFileState& file, const std::shared_ptr<Slot>& slot);
  void end(const NamedFileState& file, Facts facts);

  // Whether it was started under any name but git's.
  bool is_named(const FileState& state) const { return named_.contains(state); }

  // Has what the file states count in another place as well. False when that is not known, or is
  // not kept: then it is to be examined again.
  bool take(const NamedFileState& file, const FolderPlace& place) const;

 private:
  static constexpr std::size_t kMost = 100'000;
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;

  struct Kept {
    std::weak_ptr<Slot> slot;
    Facts facts;
    std::size_t bytes = 0;
  };
  std::map<NamedFileState, Kept> kept_;
  std::set<FileState> named_;
  std::size_t bytes_ = 0;  // of all facts
};

}  // namespace gh::artifacts
