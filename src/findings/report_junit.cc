// The report as JUnit XML, in the form that CI systems read: one test case per file.

#include <fmt/format.h>

#include <utility>

#include "findings/report_writer.h"

namespace gh::findings {

namespace {

// Text is printable already; what is left are the characters that XML has other uses for, and the
// two that it has none for.
std::string xml(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (text.substr(i).starts_with("\xEF\xBF\xBE") ||
            text.substr(i).starts_with("\xEF\xBF\xBF")) {  // U+FFFE, U+FFFF
          out += text[i + 2] == '\xBE' ? "\\ufffe" : "\\uffff";
          i += 2;
        } else {
          out += text[i];
        }
    }
  }
  return out;
}

std::string line_of(const Finding& finding) {
  std::string line =
      fmt::format("{} {}: {}", finding.rule->id, name(finding.rule->severity), finding.message);
  if (!finding.member.empty()) line += fmt::format(" [{}]", finding.member);
  if (finding.offset) line += fmt::format(" at byte {}", *finding.offset);
  if (!finding.evidence.empty()) line += fmt::format(" » {}", finding.evidence);
  return line + "\n";
}

std::string lines_of(const FileReport& file) {
  std::string lines;
  for (const Finding& finding : file.findings) lines += line_of(finding);
  for (const Suppressed& suppressed : file.suppressed) {
    lines += fmt::format("accepted until {} ({}): {}", suppressed.expires, suppressed.reason,
                         line_of(suppressed.finding));
  }
  return lines;
}

// The finding that stands for the file: the first of the greatest severity.
const Finding* worst_of(const std::vector<Finding>& findings) {
  const Finding* worst = nullptr;
  for (const Finding& finding : findings)
    if (worst == nullptr || finding.rule->severity > worst->rule->severity) worst = &finding;
  return worst;
}

class JunitReport final : public ReportWriter {
 public:
  JunitReport(const Style& style, Out out) : style_(style), out_(std::move(out)) {}

  void file(const FileReport& file) override {
    add_case(file.file, file.allowed ? Verdict::excluded : file.verdict, file.findings,
             lines_of(file));
  }

  void end(const Tally& tally) override {
    if (!tally.general().empty()) {
      std::string lines;
      for (const Finding& finding : tally.general()) lines += line_of(finding);
      add_case("(the scan)", judge(tally.general(), tally.fail_on()), tally.general(), lines);
    }
    out_(
        fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<testsuites name=\"{0}\" tests=\"{1}\" failures=\"{2}\" errors=\"{3}\" "
                    "skipped=\"{4}\">\n"
                    "<testsuite name=\"{0} scan\" tests=\"{1}\" failures=\"{2}\" errors=\"{3}\" "
                    "skipped=\"{4}\">\n",
                    xml(style_.name), tests_, failures_, errors_, skipped_));
    out_(properties(tally));
    out_(cases_);
    out_("</testsuite>\n</testsuites>\n");
  }

 private:
  static std::string properties(const Tally& tally) {
    std::string lines = "<properties>\n";
    const auto add = [&](std::string_view name_of_property, std::uint64_t value) {
      lines += fmt::format("<property name=\"{}\" value=\"{}\"/>\n", name_of_property, value);
    };
    add("files", tally.files());
    for (const auto verdict : {Verdict::clean, Verdict::findings, Verdict::inconclusive,
                               Verdict::unsupported, Verdict::excluded})
      add(name(verdict), tally.files(verdict));
    add("bytes", tally.bytes());
    add("bytes_read", tally.bytes_read());
    return lines + "</properties>\n";
  }

  void add_case(std::string_view name_of_case, Verdict verdict,
                const std::vector<Finding>& findings, const std::string& lines) {
    ++tests_;
    cases_ += fmt::format("<testcase classname=\"{}.scan\" name=\"{}\">", xml(style_.name),
                          xml(name_of_case));
    const auto add = [&](std::string_view element) {
      const Finding* worst = worst_of(findings);
      cases_ += fmt::format("<{0} type=\"{1}\" message=\"{2}\">{3}</{0}>", element,
                            worst == nullptr ? name(verdict) : worst->rule->id,
                            xml(worst == nullptr ? name(verdict) : worst->rule->title), xml(lines));
    };
    switch (verdict) {
      case Verdict::findings:
        ++failures_;
        add("failure");
        break;
      case Verdict::inconclusive:
      case Verdict::unsupported:
        ++errors_;
        add("error");
        break;
      case Verdict::excluded:
        ++skipped_;
        cases_ += "<skipped/>";
        [[fallthrough]];
      case Verdict::clean:
        if (!lines.empty()) cases_ += fmt::format("<system-out>{}</system-out>", xml(lines));
        break;
    }
    cases_ += "</testcase>\n";
  }

  Style style_;
  Out out_;
  std::string cases_;
  std::uint64_t tests_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t errors_ = 0;
  std::uint64_t skipped_ = 0;
};

}  // namespace

std::unique_ptr<ReportWriter> junit_report(const Style& style, Out out) {
  return std::make_unique<JunitReport>(style, std::move(out));
}

}  // namespace gh::findings
