// The report as SARIF 2.1.0 (OASIS), with what code scanning services read of it: rules with
// `security-severity`, fingerprints, and what could not be decided as notifications too.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/encoding.h"
#include "crypto/crypto.h"
#include "findings/report_writer.h"
#include "findings/summary.h"
#include "json/json.h"

namespace gh::findings {

namespace {

using json::Writer;

std::string_view level_of(Severity severity) {
  if (severity >= Severity::high) return "error";
  return severity == Severity::medium ? "warning" : "note";
}

std::string_view score_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
      return "9.5";
    case Severity::high:
      return "8.0";
    case Severity::medium:
      return "5.5";
    case Severity::low:
      return "3.0";
    case Severity::info:
      break;
  }
  return "0.0";
}

// A relative reference of RFC 3986.
std::string uri(std::string_view path) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string out;
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// The same finding in the same bytes has the same fingerprint, wherever the file lies. A file with
// notes only has no digest unless it was asked for: its size and what was said stand for it.
std::string content_of(const Finding& finding, const FileReport& file) {
  const std::string content =
      file.sha256.empty() ? fmt::format("{} {}", file.bytes, finding.message) : file.sha256;
  return fmt::format("{}\n{}\n{}\n{}", finding.rule->id, content, finding.member,
                     finding.offset ? fmt::to_string(*finding.offset) : "");
}

// Services show one of the results that have one fingerprint. Findings of one rule without a place
// are told apart by their order, which the same bytes always have; the first has no number, so that
// it is what it was when it was alone.
class Fingerprints {
 public:
  std::string next(const Finding& finding, const FileReport& file) {
    std::string content = content_of(finding, file);
    const std::uint64_t before = seen_[content]++;
    if (before > 0) content += fmt::format("\n{}", before);
    return hex(crypto::view(crypto::sha256(content)));
  }

 private:
  std::map<std::string, std::uint64_t> seen_;
};

void write_text(Writer& out, std::string_view name, std::string_view text) {
  out.key(name).begin_object();
  out.member("text", text);
  out.end_object();
}

void write_region(Writer& out, const Finding& finding) {
  // Offsets and lines are those of a member where there is one, and the file has none such.
  if (!finding.member.empty() || (!finding.offset && !finding.line)) return;
  out.key("region").begin_object();
  if (finding.line) out.key("startLine").unsigned_integer(*finding.line);
  if (finding.line && finding.column) out.key("startColumn").unsigned_integer(*finding.column);
  if (finding.offset) {
    out.key("byteOffset").unsigned_integer(*finding.offset);
    out.key("byteLength").unsigned_integer(finding.length.value_or(0));
  }
  out.end_object();
}

// GitHub refuses a whole report in which one result has no place: what is said of the scan as a
// whole is at ".".
void write_locations(Writer& out, const Finding& finding, std::string_view file) {
  out.key("locations").begin_array().begin_object();
  out.key("physicalLocation").begin_object();
  out.key("artifactLocation").begin_object();
  out.member("uri", uri(file.empty() ? "." : file));
  out.end_object();
  write_region(out, finding);
  out.end_object();
  if (!finding.member.empty()) {
    out.key("logicalLocations").begin_array().begin_object();
    out.member("fullyQualifiedName", finding.member);
    out.member("kind", "member");
    out.end_object().end_array();
  }
  out.end_object().end_array();
}

class SarifReport final : public ReportWriter {
 public:
  SarifReport(const Style& style, Out out)
      : style_(style), out_(std::move(out)), results_(results_text_), notes_(notes_text_) {
    results_.begin_array();
    notes_.begin_array();
  }

  void file(const FileReport& file) override {
    Fingerprints fingerprints;
    for (const Finding& finding : file.findings)
      add_result(finding, file, nullptr, fingerprints.next(finding, file));
    for (const Suppressed& suppressed : file.suppressed)
      add_result(suppressed.finding, file, &suppressed,
                 fingerprints.next(suppressed.finding, file));
  }

  void end(const Tally& tally) override {
    Fingerprints fingerprints;
    for (const Finding& finding : tally.general())
      add_result(finding, {}, nullptr, fingerprints.next(finding, {}));
    results_.end_array();
    notes_.end_array();
    std::string driver;
    Writer out(driver);
    write_driver(out);
    std::string summary;
    Writer properties(summary);
    properties.begin_object();
    write_summary(properties, tally);
    properties.end_object();
    const int exit = tally.exit_code();
    out_(
        "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\","
        "\"runs\":[{\"tool\":{\"driver\":");
    out_(driver);
    out_(
        fmt::format("}},\"columnKind\":\"utf16CodeUnits\",\"invocations\":["
                    "{{\"executionSuccessful\":{},\"exitCode\":{},"
                    "\"toolExecutionNotifications\":",
                    exit == 0 || exit == 1, exit));
    out_(notes_text_);
    out_("}],\"results\":");
    out_(results_text_);
    out_(",\"properties\":");
    out_(summary);
    out_("}]}\n");
  }

 private:
  std::uint64_t index_of(const Rule* rule) {
    const auto known = std::ranges::find(rules_, rule);
    const auto index = static_cast<std::uint64_t>(known - rules_.begin());
    if (known == rules_.end()) rules_.push_back(rule);
    return index;
  }

  void add_result(const Finding& finding, const FileReport& file, const Suppressed* suppressed,
                  std::string_view fingerprint) {
    const Rule& rule = *finding.rule;
    results_.begin_object();
    results_.member("ruleId", rule.id);
    results_.key("ruleIndex").unsigned_integer(index_of(&rule));
    results_.member("level", level_of(rule.severity));
    write_text(results_, "message", finding.message);
    write_locations(results_, finding, file.file);
    results_.key("partialFingerprints").begin_object();
    results_.member("gatehouse/v1", fingerprint);
    results_.end_object();
    if (!finding.evidence.empty()) {
      results_.key("properties").begin_object();
      results_.member("evidence", finding.evidence);
      results_.end_object();
    }
    if (suppressed != nullptr) {
      results_.key("suppressions").begin_array().begin_object();
      results_.member("kind", "external");
      results_.member("status", "accepted");
      results_.member("justification",
                      fmt::format("{} (until {})", suppressed->reason, suppressed->expires));
      results_.end_object().end_array();
    }
    results_.end_object();
    if (rule.effect == Effect::inconclusive && suppressed == nullptr)
      add_notification(finding, file);
  }

  void add_notification(const Finding& finding, const FileReport& file) {
    notes_.begin_object();
    notes_.member("level", level_of(finding.rule->severity));
    write_text(notes_, "message", finding.message);
    write_locations(notes_, finding, file.file);
    notes_.key("associatedRule").begin_object();
    notes_.member("id", finding.rule->id);
    notes_.end_object();
    notes_.end_object();
  }

  void write_driver(Writer& out) const {
    out.begin_object();
    out.member("name", style_.name);
    out.member("version", style_.version);
    out.key("rules").begin_array();
    for (const Rule* rule : rules_) {
      out.begin_object();
      out.member("id", rule->id);
      write_text(out, "shortDescription", rule->title);
      write_text(out, "fullDescription", rule->why);
      write_text(out, "help", rule->fix);
      out.key("defaultConfiguration").begin_object();
      out.member("level", level_of(rule->severity));
      out.end_object();
      out.key("properties").begin_object();
      out.member("security-severity", score_of(rule->severity));
      out.member("precision", name(rule->confidence));
      out.key("tags").begin_array().string("security").end_array();
      out.end_object();
      out.end_object();
    }
    out.end_array();
    out.end_object();
  }

  Style style_;
  Out out_;
  std::string results_text_;
  std::string notes_text_;
  Writer results_;
  Writer notes_;
  std::vector<const Rule*> rules_;  // in the order of their first result
};

}  // namespace

std::unique_ptr<ReportWriter> sarif_report(const Style& style, Out out) {
  return std::make_unique<SarifReport>(style, std::move(out));
}

}  // namespace gh::findings
