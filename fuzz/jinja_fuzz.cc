// gh-link: gh_jinja
// Any bytes are judged; a template is clean only when it parses, and findings stand inside it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "jinja/lexer.h"
#include "jinja/template.h"
#include "jinja/tree.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  gh::findings::Examination examination(0);
  gh::jinja::examine_template(text, examination);
  const std::string source = gh::jinja::normalized(text);
  const auto lines = static_cast<std::uint64_t>(std::ranges::count(source, '\n')) + 1;
  for (const gh::findings::Finding& finding : examination.findings()) {
    GH_CHECK(gh::is_utf8(finding.message) && gh::is_utf8(finding.evidence));
    if (finding.line) GH_CHECK(*finding.line >= 1 && *finding.line <= lines);
  }
  if (examination.findings().empty()) GH_CHECK(gh::jinja::parse(source).has_value());
  GH_CHECK(gh::jinja::template_digest(text).size() == 64);
  return 0;
}
