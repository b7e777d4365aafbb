#pragma once
// What this server is: its options and what follows from its version. Constant after make().

#include <string>
#include <string_view>

#include "base/error.h"
#include "simulator/options.h"
#include "vllm/surface.h"
#include "vllm/version.h"

namespace gh::simulator {

struct Profile {
  Options options;
  vllm::Version version;
  vllm::Surface surface;
  bool nested_errors = true;  // {"error":{…}} since 0.10.1, flat before
  // The fields of 0.32's answers, of which system_fingerprint came last (0.21). Older versions are
  // given only what every release has: see README.md.
  bool modern = true;
  std::string fingerprint;  // of an answer; the same for one version and model

  // An error for a version that is malformed or outside of data/vllm, and for an empty model name.
  static Result<Profile> make(Options options);
  bool is_adapter(std::string_view model) const;
};

}  // namespace gh::simulator
