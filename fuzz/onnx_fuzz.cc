// gh-link: gh_artifacts
// Any bytes as an ONNX model: what is said lies inside them, and a model whose own fields are not
// whole is never clean.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "artifacts/onnx.h"
#include "base/check.h"
#include "base/text.h"
#include "hub/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  gh::source::MemorySource source(bytes);
  gh::findings::Examination examination(0);
  const gh::artifacts::Options options;
  gh::artifacts::Context context{.examination = examination, .options = options};
  gh::artifacts::examine_onnx(source, context);
  GH_CHECK(examination.kind() == "ONNX model");
  for (const gh::findings::Finding& finding : examination.findings()) {
    GH_CHECK(gh::is_utf8(finding.message) && gh::is_utf8(finding.evidence));
    GH_CHECK(!finding.offset || *finding.offset <= size);
  }
  gh::hub::Wire wire(bytes);
  while (wire.next()) {
  }
  if (wire.broken()) GH_CHECK(!examination.findings().empty());
  (void)gh::artifacts::looks_like_onnx(bytes);
  return 0;
}
