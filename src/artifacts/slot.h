#pragma once
// What a scan knows of one line of its report, from the time that it is found until it is written.
// Used by one thread.

#include <memory>
#include <string>
#include <vector>

#include "artifacts/clean_answers.h"
#include "artifacts/folders.h"
#include "artifacts/open.h"
#include "findings/report.h"

namespace gh::artifacts {

struct Slot {
  findings::FileReport report;
  std::string path;  // raw bytes
  bool done = false;
  bool examined = false;                // it may still wait for its folder
  bool compared = false;                // what it states is held against others
  bool hidden = false;                  // a folder of which there is nothing to say
  OpenFile file;                        // while it is examined
  NamedNode known_as;                   // in a cache
  std::vector<FolderPlace> places;      // where its facts go
  std::shared_ptr<FolderState> folder;  // of a folder that waits for its files
};

}  // namespace gh::artifacts
