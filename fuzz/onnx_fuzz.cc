// gh-link: gh_artifacts
// Any bytes as an ONNX model: what is said lies inside them, and a model whose own fields are not
// whole is never clean. A model that parsers get through is one with more behind it, too: fields
// that they do not know, itself again; and none with half a field.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "artifacts/onnx.h"
#include "artifacts/onnx_kind.h"
#include "artifacts/onnx_wire.h"
#include "base/check.h"
#include "base/text.h"
#include "hub/wire.h"

namespace {

bool is_fine(std::string_view bytes) {
  gh::source::MemorySource source(bytes);
  const auto problem = gh::artifacts::check_onnx_wire(source);
  GH_CHECK(!problem || problem->offset <= bytes.size());
  return !problem;
}

void check_wire(std::string_view bytes) {
  if (!is_fine(bytes)) return;
  const std::string model(bytes);
  GH_CHECK(is_fine(model + "\x9a\x06\1x"));  // field 99
  GH_CHECK(is_fine(model + model));
  GH_CHECK(!is_fine(model + "\x3a\5ab"));  // of a graph two bytes of five
}

}  // namespace

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
  check_wire(bytes);
  gh::hub::Wire wire(bytes);
  while (wire.next()) {
  }
  if (wire.broken()) GH_CHECK(!examination.findings().empty());
  (void)gh::artifacts::looks_like_onnx(bytes, source);
  return 0;
}
