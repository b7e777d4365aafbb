#pragma once
// The examination of one file, or of one folder, as a child does it, and what its end means.

#include <chrono>
#include <cstdint>
#include <string>

#include "artifacts/answer.h"
#include "artifacts/examine.h"
#include "artifacts/folders.h"
#include "findings/report.h"
#include "hub/facts.h"
#include "sandbox/children.h"

namespace gh::artifacts {

struct FileLimits {
  std::chrono::seconds time{60};         // and ten more for each GiB on the disk, a day at most
  std::uint64_t unpacked = 16ull << 30;  // bytes that a file's containers may give in all
  std::uint64_t memory = 2ull << 30;     // bytes
};

struct Digests {
  bool all = false;                                         // of every file
  bool noted = false;                                       // of files with any finding
  findings::Severity fail_on = findings::Severity::medium;  // else of those that are not clean
};

struct FileTask {
  int descriptor = -1;  // stays until the job has ended, as what is pointed to does
  std::uint64_t size = 0;
  std::string name;        // raw bytes, relative to the folder
  std::string git = {};    // its place in a repository of git, "" for none
  bool reference = false;  // of a Hugging Face cache
  bool compared = false;   // whether what it states is wanted, to hold it against others
  // Of the configuration of an adapter that is examined without its folder.
  const adapter::Limits* adapter_limits = nullptr;
};

sandbox::Job file_job(FileTask file, const Options& options, const FileLimits& limits,
                      const Digests& digests);

// What only shows when files of one folder are held against each other, or against a base model.
// Everything is used by reference: to be started before any of it ends.
sandbox::Job folder_job(const FolderState& folder, const Comparison& comparison,
                        const FileLimits& limits, const Digests& digests);

// Whether one of the files that such a job reads is not what it was when it was opened, and so not
// what was examined by itself.
bool has_changed(const FolderState& folder, const Comparison& comparison);

// The numbers of an adapter's weights; what keeps them from being measured, as findings.
sandbox::Job bank_job(const NamedFile& weights, const FileLimits& limits);

// Only the digest of a file whose examination came to no answer. Here as above a note instead where
// it has more than 16 GiB and is holes but for a sixteenth.
sandbox::Job digest_job(int descriptor, std::uint64_t size, const FileLimits& limits);

// What a child that has ended has to say; when it said nothing, a finding that says why.
Answer answer_of(const sandbox::Outcome& outcome, const findings::Catalogue& catalogue);

// What OpenSSL loads when it is first used, loaded now: a child cannot open files.
void prepare_children();

}  // namespace gh::artifacts
