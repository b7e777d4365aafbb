// gh-link: gh_artifacts
// What a child that was taken over may say: the parent takes only known rules and printable texts.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "artifacts/answer.h"
#include "artifacts/catalogue.h"
#include "base/check.h"
#include "findings/report.h"

namespace {

bool is_printable(const std::string& text) {
  return gh::findings::printable(text, text.size() + 1) == text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const gh::findings::Catalogue rules = gh::artifacts::catalogue();
  const auto answer =
      gh::artifacts::read_answer({reinterpret_cast<const char*>(data), size}, rules);
  if (!answer) return 0;
  GH_CHECK(is_printable(answer->kind) && is_printable(answer->sha256));
  for (const gh::findings::Finding& finding : answer->findings) {
    GH_CHECK(rules.find(finding.rule->id) == finding.rule);
    GH_CHECK(is_printable(finding.message) && is_printable(finding.member) &&
             is_printable(finding.evidence));
  }
  for (const auto& numbers : answer->numbers) GH_CHECK(is_printable(numbers.module));
  return 0;
}
