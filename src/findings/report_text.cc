// The report for people: what did not pass, file by file, then the sums.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "findings/report_writer.h"
#include "findings/summary.h"

namespace gh::findings {

namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kPlain = "\x1b[0m";

std::string_view colour_of(Severity severity) {
  if (severity >= Severity::high) return kRed;
  return severity == Severity::medium ? kYellow : kDim;
}

std::string_view colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::clean:
      return kGreen;
    case Verdict::findings:
      return kRed;
    case Verdict::excluded:
      return kDim;
    default:
      return kYellow;
  }
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} bytes", bytes);
  constexpr std::array<std::string_view, 4> kUnits = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string place_of(const Finding& finding) {
  std::string place = finding.member;
  const auto add = [&](std::string_view what, const std::optional<std::uint64_t>& value) {
    if (value) place += fmt::format("{}{} {}", place.empty() ? "" : ", ", what, *value);
  };
  add("line", finding.line);
  add("column", finding.column);
  add("byte", finding.offset);
  return place;
}

class TextReport final : public ReportWriter {
 public:
  TextReport(const Style& style, Out out)
      : colour_(style.colour), quiet_(style.quiet), out_(std::move(out)) {}

  void file(const FileReport& file) override {
    if (!is_shown(file)) return;
    spoke_ = true;
    std::string text = fmt::format("{}  {}", paint(kBold, file.file), verdict_text(file));
    if (!file.kind.empty()) text += fmt::format("  {}", file.kind);
    text += '\n';
    std::vector<const Finding*> findings;
    for (const Finding& finding : file.findings) findings.push_back(&finding);
    std::ranges::stable_sort(findings, std::greater(),
                             [](const Finding* finding) { return finding->rule->severity; });
    for (const Finding* finding : findings) add_finding(text, *finding);
    for (const Suppressed& suppressed : file.suppressed) {
      text += fmt::format("  {:<8}  {}  {}\n", "accepted", suppressed.finding.rule->id,
                          suppressed.finding.rule->title);
      add_line(text, suppressed.finding.message);
      add_line(text, fmt::format("until {}: {}", suppressed.expires, suppressed.reason));
    }
    for (const Measured& measured : file.measured) {
      text += fmt::format("  {}\n", measured.part);
      for (const auto& [name_of_number, value] : measured.numbers)
        add_line(text, fmt::format("{:<30} {:.4g}", name_of_number, value));
    }
    if (!file.sha256.empty()) add_line(text, paint(kDim, "sha256 " + file.sha256));
    out_(text + "\n");
  }

  void end(const Tally& tally) override {
    std::string text;
    for (const Finding& finding : tally.general()) add_finding(text, finding);
    // The counts are always shown: that all is clean says nothing without how much that is.
    if (quiet_ && !spoke_ && text.empty() && tally.exit_code() == 0)
      return out_(summary_line(tally) + "\n");
    if (!text.empty()) text += '\n';
    text += fmt::format("{} file{}:", tally.files(), tally.files() == 1 ? "" : "s");
    std::string_view separator = " ";
    for (const auto verdict : {Verdict::clean, Verdict::findings, Verdict::inconclusive,
                               Verdict::unsupported, Verdict::excluded}) {
      const std::uint64_t count = tally.files(verdict);
      text += separator;
      text +=
          paint(count > 0 ? colour_of(verdict) : "", fmt::format("{} {}", count, name(verdict)));
      separator = ", ";
    }
    text += fmt::format("\n{} found, {} looked at\n", size_text(tally.bytes()),
                        size_text(tally.bytes_read()));
    if (tally.suppressed() > 0)
      text += fmt::format("{} accepted by the suppression file\n", tally.suppressed());
    out_(text + conclusion(tally));
  }

 private:
  // Quiet is what the operator said may pass, but no finding, however slight.
  bool is_shown(const FileReport& file) const {
    if (!file.measured.empty()) return true;
    if (!quiet_) {
      return file.verdict != Verdict::clean || !file.findings.empty() || !file.suppressed.empty();
    }
    const bool passes =
        file.verdict == Verdict::clean || file.verdict == Verdict::excluded || file.allowed;
    return !passes || std::ranges::any_of(file.findings, [](const Finding& finding) {
      return finding.rule->effect == Effect::finding || finding.rule->effect == Effect::unexamined;
    });
  }

  std::string paint(std::string_view colour, std::string_view text) const {
    if (!colour_ || colour.empty()) return std::string(text);
    return fmt::format("{}{}{}", colour, text, kPlain);
  }

  std::string verdict_text(const FileReport& file) const {
    std::string text = paint(colour_of(file.verdict), name(file.verdict));
    if (file.verdict == Verdict::clean && !file.findings.empty()) text += ", with notes";
    if (file.allowed) text += ", allowed";
    return text;
  }

  static void add_line(std::string& text, std::string_view line) {
    text += fmt::format("            {}\n", line);
  }

  void add_finding(std::string& text, const Finding& finding) {
    const Rule& rule = *finding.rule;
    // Padded before it is painted: escape sequences have no width.
    text += fmt::format("  {}  {}  {}\n",
                        paint(colour_of(rule.severity), fmt::format("{:<8}", name(rule.severity))),
                        rule.id, rule.title);
    if (finding.message != rule.title) add_line(text, finding.message);
    if (const std::string place = place_of(finding); !place.empty()) add_line(text, place);
    if (!finding.evidence.empty()) add_line(text, "» " + finding.evidence);
    if (taught_.insert(&rule).second) add_line(text, paint(kDim, fmt::format("→ {}", rule.fix)));
  }

  // What was not judged does not count as clean.
  static std::string passed(const Tally& tally) {
    std::string besides;
    const auto add = [&](std::uint64_t count, std::string_view what) {
      if (count == 0) return;
      besides += fmt::format("{} {} {} {}", besides.empty() ? ";" : " and", count,
                             count == 1 ? "was" : "were", what);
    };
    add(tally.files(Verdict::excluded), "excluded");
    add(tally.allowed(), "allowed without being understood");
    return besides.empty() ? "Every file is clean.\n"
                           : fmt::format("Every file that was examined is clean{}.\n", besides);
  }

  static std::string conclusion(const Tally& tally) {
    switch (tally.exit_code()) {
      case 0:
        return passed(tally);
      case 1:
        return fmt::format(
            "There are findings of severity {} or above. `gatehouse explain ID` says what one "
            "means.\n",
            name(tally.fail_on()));
      case 3:
        return "Nothing was examined.\n";
      default:
        return "Not every file could be judged, so this is no pass. `gatehouse explain ID` says "
               "more.\n";
    }
  }

  bool colour_;
  bool quiet_;
  bool spoke_ = false;  // of a file
  Out out_;
  std::set<const Rule*> taught_;  // whose advice was given
};

}  // namespace

std::unique_ptr<ReportWriter> text_report(const Style& style, Out out) {
  return std::make_unique<TextReport>(style, std::move(out));
}

}  // namespace gh::findings
