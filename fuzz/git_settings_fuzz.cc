// gh-link: gh_hub
// Any bytes as a configuration of git: settings are read again as they are written, whatever a line
// ends with, and what is said of them is fit for a report.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "hub/git.h"

namespace {

using gh::hub::GitSetting;

bool same(const GitSetting& a, const GitSetting& b) {
  return std::tie(a.section, a.part, a.key, a.value) == std::tie(b.section, b.part, b.key, b.value);
}

void check_same(const std::vector<GitSetting>& a, const std::vector<GitSetting>& b) {
  GH_CHECK(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) GH_CHECK(same(a[i], b[i]));
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else
      out += c;
  }
  return out + '"';
}

std::string written(const std::vector<GitSetting>& settings) {
  std::string out;
  for (const GitSetting& setting : settings) {
    out += "[" + setting.section;
    if (!setting.part.empty()) out += " " + quoted(setting.part);
    out += "]\n\t" + setting.key + " = " + quoted(setting.value) + "\n";
  }
  return out;
}

std::string with_returns(std::string_view text) {
  std::string out;
  for (const char c : text) (c == '\n' ? out += '\r' : out) += c;
  return out;
}

void check_findings(std::string_view text, std::string_view name,
                    const std::vector<GitSetting>& settings) {
  gh::findings::Examination examination(0);
  gh::hub::DocumentFacts facts;
  gh::hub::examine_git_text({name, name, text, examination, facts});
  for (const gh::findings::Finding& finding : examination.findings()) {
    GH_CHECK(gh::is_utf8(finding.message));
    for (const char c : finding.message) GH_CHECK(static_cast<unsigned char>(c) >= 0x20);
  }
  bool runs = false;
  for (const GitSetting& setting : settings) runs |= gh::hub::runs_something(setting);
  if (name == "config") GH_CHECK(runs == !examination.findings().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto settings = gh::hub::git_settings(text);
  for (const GitSetting& setting : settings) GH_CHECK(!setting.section.empty());
  for (const GitSetting& setting : settings) GH_CHECK(!setting.key.empty());
  check_same(gh::hub::git_settings(written(settings)), settings);
  if (!text.contains('\r')) check_same(gh::hub::git_settings(with_returns(text)), settings);
  for (const std::string_view name : {"config", ".gitmodules", ".git", "commondir"})
    check_findings(text, name, settings);
  (void)gh::hub::is_lfs_hook("pre-push", text);
  return 0;
}
