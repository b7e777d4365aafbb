#include "findings/report.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace gh::findings {

Verdict judge(const std::vector<Finding>& findings, Severity fail_on) {
  bool inconclusive = false;
  bool unsupported = false;
  for (const Finding& finding : findings) {
    switch (finding.rule->effect) {
      case Effect::finding:
        if (finding.rule->severity >= fail_on) return Verdict::findings;
        break;
      case Effect::unexamined:
        if (finding.rule->severity >= fail_on) return Verdict::findings;
        inconclusive = true;
        break;
      case Effect::inconclusive:
        inconclusive = true;
        break;
      case Effect::unsupported:
        unsupported = true;
        break;
    }
  }
  if (inconclusive) return Verdict::inconclusive;
  return unsupported ? Verdict::unsupported : Verdict::clean;
}

void Tally::count(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings)
    ++findings_[static_cast<std::size_t>(finding.rule->severity)];
}

void Tally::add(const FileReport& file) {
  ++files_[static_cast<std::size_t>(file.verdict)];
  if (file.allowed) ++allowed_;
  count(file.findings);
  suppressed_ += file.suppressed.size();
  bytes_ += file.bytes;
  bytes_read_ += file.bytes_read;
}

void Tally::add(Finding finding) {
  general_.push_back(std::move(finding));
  ++findings_[static_cast<std::size_t>(general_.back().rule->severity)];
}

std::uint64_t Tally::files() const {
  return std::accumulate(files_.begin(), files_.end(), std::uint64_t{0});
}

std::uint64_t Tally::findings() const {
  return std::accumulate(findings_.begin(), findings_.end(), std::uint64_t{0});
}

int Tally::exit_code() const {
  const Verdict general = judge(general_, fail_on_);
  if (files(Verdict::findings) > 0 || general == Verdict::findings) return 1;
  if (files(Verdict::inconclusive) + files(Verdict::unsupported) > allowed_ ||
      general != Verdict::clean) {
    return 2;
  }
  return files() == files(Verdict::excluded) ? 3 : 0;
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  while (!text.empty() && out.size() < limit) {
    const std::size_t backslash = std::min(text.find('\\'), text.size());
    if (backslash > 0) out += escape(text.substr(0, backslash), limit - out.size());
    text.remove_prefix(backslash);
    const std::size_t run = std::min(text.find_first_not_of('\\'), text.size());
    out.append(text.substr(0, std::min(run, limit - std::min(limit, out.size()))));
    text.remove_prefix(run);
  }
  return out;
}

}  // namespace gh::findings
