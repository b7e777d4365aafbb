#pragma once
// Trusted adapters to compare with: each is measured once, in a child of its own, before the scan.

#include <string>
#include <vector>

#include "adapter/weights.h"
#include "artifacts/job.h"
#include "base/error.h"
#include "findings/catalogue.h"
#include "findings/finding.h"
#include "sandbox/children.h"

namespace gh::artifacts {

struct Bank {
  std::vector<adapter::ModuleNumbers> numbers;
  std::vector<findings::Finding> remarks;  // what of it cannot be used
};

// `path`: a folder of adapters, each a folder with one of kAdapterTensors. An error when none of
// them can be used. `jobs`: children at a time; none of `children` may run.
Result<Bank> measure_bank(const std::string& path, std::size_t jobs, const FileLimits& limits,
                          const findings::Catalogue& catalogue, sandbox::Children& children);

}  // namespace gh::artifacts
