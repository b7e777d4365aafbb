// gh-link: gh_hdf5
// Any bytes are followed to an end: what was not understood is a finding, and everything that is
// said or shown lies inside the bytes. Checksums hold here whatever they are, so that what lies
// behind them is reached.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "hdf5/hdf5.h"

namespace gh::hdf5 {

// In the place of those of checksum.cc.
std::uint32_t checksum(std::string_view /*bytes*/);
bool is_sealed(std::string_view bytes);
bool is_sealed_within(std::string bytes, std::size_t at);

std::uint32_t checksum(std::string_view /*bytes*/) {
  return 0;
}
bool is_sealed(std::string_view bytes) {
  return bytes.size() >= 4;
}
bool is_sealed_within(std::string bytes, std::size_t at) {
  return bytes.size() >= 4 && at <= bytes.size() - 4;
}

}  // namespace gh::hdf5

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gh::source::MemorySource source({reinterpret_cast<const char*>(data), size});
  gh::findings::Examination examination(0);
  const bool understood =
      gh::hdf5::read_hdf5(source, examination, [&](const gh::hdf5::Value& value) {
        GH_CHECK(value.offset <= size && value.size <= size - value.offset);
        GH_CHECK(value.form != gh::hdf5::Value::Form::other || value.size == 0);
        GH_CHECK(value.object.starts_with('/'));
      });
  bool told = false;
  for (const gh::findings::Finding& finding : examination.findings()) {
    GH_CHECK(gh::is_utf8(finding.message) && gh::is_utf8(finding.evidence));
    GH_CHECK(!finding.offset || *finding.offset <= size);
    told |= finding.rule->effect == gh::findings::Effect::inconclusive;
  }
  GH_CHECK(understood != told);
  return 0;
}
