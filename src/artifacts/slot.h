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

inline std::size_t bytes_of(const findings::FileReport& report) {
  std::size_t bytes = 0;
  for (const findings::Finding& finding : report.findings)
    bytes +=
        sizeof(finding) + finding.message.size() + finding.member.size() + finding.evidence.size();
  for (const findings::Measured& measured : report.measured)
    bytes += sizeof(measured) + measured.part.size() +
             measured.numbers.size() * sizeof(measured.numbers.front());
  return bytes;
}

struct Slot {
  findings::FileReport report;
  std::string path;      // raw bytes
  std::size_t held = 0;  // bytes of its findings, nearly
  bool done = false;
  bool examined = false;                // it may still wait for its folder
  bool compared = false;                // what it states is held against others
  bool hidden = false;                  // a folder of which there is nothing to say
  OpenFile file;                        // while it is examined
  NamedFileState known_as;              // in a cache
  std::vector<FolderPlace> places;      // where its facts go
  std::shared_ptr<FolderState> folder;  // of a folder that waits for its files
};

}  // namespace gh::artifacts
