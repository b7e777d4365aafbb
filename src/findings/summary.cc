#include "findings/summary.h"

#include <fmt/format.h>

#include <array>

namespace gh::findings {

namespace {

constexpr std::array kVerdicts = {Verdict::clean, Verdict::findings, Verdict::inconclusive,
                                  Verdict::unsupported, Verdict::excluded};

}  // namespace

void write_summary(json::Writer& out, const Tally& tally) {
  out.key("files").unsigned_integer(tally.files());
  for (const Verdict verdict : kVerdicts)
    out.key(name(verdict)).unsigned_integer(tally.files(verdict));
  out.key("severities").begin_object();
  for (const auto severity :
       {Severity::critical, Severity::high, Severity::medium, Severity::low, Severity::info}) {
    out.key(name(severity)).unsigned_integer(tally.findings(severity));
  }
  out.end_object();
  out.key("suppressed").unsigned_integer(tally.suppressed());
  out.key("bytes").unsigned_integer(tally.bytes());
  out.key("bytes_read").unsigned_integer(tally.bytes_read());
  out.member("fail_on", name(tally.fail_on()));
  out.member("exit", std::int64_t{tally.exit_code()});
}

std::string summary_line(const Tally& tally) {
  std::string line = fmt::format("{} file{}:", tally.files(), tally.files() == 1 ? "" : "s");
  for (const Verdict verdict : kVerdicts)
    line += fmt::format("{} {} {}", verdict == kVerdicts.front() ? "" : ",", tally.files(verdict),
                        name(verdict));
  return line + fmt::format("; {} bytes found, {} looked at", tally.bytes(), tally.bytes_read());
}

}  // namespace gh::findings
