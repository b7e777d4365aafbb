// gh-link: gh_tensors
// Any bytes give facts or a finding that says why not, and what is said lies inside the file.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "tensors/numpy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  gh::source::MemorySource source(bytes);
  gh::findings::Examination examination(0);
  const auto facts = gh::tensors::read_npy(source, examination);
  GH_CHECK(facts.has_value() || !examination.findings().empty());
  for (const gh::findings::Finding& finding : examination.findings()) {
    GH_CHECK(gh::is_utf8(finding.message) && gh::is_utf8(finding.evidence));
    GH_CHECK(!finding.offset || *finding.offset <= size);
  }
  if (facts) GH_CHECK(facts->data_offset <= size);
  return 0;
}
