// The report as one JSON object, and as one per line. docs/commands.md has the shape.

#include <algorithm>
#include <cmath>
#include <utility>

#include "findings/report_writer.h"
#include "findings/summary.h"
#include "json/json.h"

namespace gh::findings {

namespace {

using json::Writer;

void write_if(Writer& out, std::string_view name, const std::optional<std::uint64_t>& value) {
  if (value) out.key(name).unsigned_integer(*value);
}

void write_if(Writer& out, std::string_view name, std::string_view text) {
  if (!text.empty()) out.member(name, text);
}

void write_file(Writer& out, const FileReport& file) {
  out.member("file", file.file);
  out.member("verdict", name(file.verdict));
  out.key("bytes").unsigned_integer(file.bytes);
  out.key("bytes_read").unsigned_integer(file.bytes_read);
  write_if(out, "sha256", file.sha256);
  write_if(out, "kind", file.kind);
  if (file.measured.empty()) return;
  out.key("measured").begin_array();
  for (const Measured& measured : file.measured) {
    out.begin_object();
    out.member("part", measured.part);
    for (const auto& [name_of_number, value] : measured.numbers) {
      std::string key(name_of_number);
      std::ranges::replace(key, ' ', '_');
      out.key(key);
      std::isfinite(value) ? out.real(value) : out.null();
    }
    out.end_object();
  }
  out.end_array();
}

void write_finding(Writer& out, const Finding& finding, std::string_view file,
                   const Suppressed* suppressed = nullptr) {
  out.member("id", finding.rule->id);
  out.member("severity", name(finding.rule->severity));
  out.member("confidence", name(finding.rule->confidence));
  out.member("title", finding.rule->title);
  out.member("message", finding.message);
  write_if(out, "file", file);
  write_if(out, "line", finding.line);
  write_if(out, "column", finding.column);
  write_if(out, "member", finding.member);
  write_if(out, "offset", finding.offset);
  write_if(out, "length", finding.length);
  write_if(out, "evidence", finding.evidence);
  write_if(out, "fix", finding.rule->fix);
  if (const auto ids = references(*finding.rule); !ids.empty()) {
    out.key("references").begin_array();
    for (const std::string_view id : ids) out.string(id);
    out.end_array();
  }
  if (suppressed != nullptr) {
    out.key("suppressed").begin_object();
    out.member("reason", suppressed->reason);
    out.member("expires", suppressed->expires);
    out.end_object();
  }
}

// Calls `write(finding, suppressed or null)` for all of a file.
template <class Write>
void for_each_finding(const FileReport& file, const Write& write) {
  for (const Finding& finding : file.findings) write(finding, nullptr);
  for (const Suppressed& suppressed : file.suppressed) write(suppressed.finding, &suppressed);
}

class JsonReport final : public ReportWriter {
 public:
  JsonReport(const Style& style, Out out)
      : style_(style), out_(std::move(out)), files_(files_text_), findings_(findings_text_) {
    files_.begin_array();
    findings_.begin_array();
  }

  void file(const FileReport& file) override {
    files_.begin_object();
    write_file(files_, file);
    files_.end_object();
    for_each_finding(file, [&](const Finding& finding, const Suppressed* suppressed) {
      findings_.begin_object();
      write_finding(findings_, finding, file.file, suppressed);
      findings_.end_object();
    });
  }

  void end(const Tally& tally) override {
    for (const Finding& finding : tally.general()) {
      findings_.begin_object();
      write_finding(findings_, finding, "");
      findings_.end_object();
    }
    files_.end_array();
    findings_.end_array();
    std::string head;
    Writer out(head);
    out.begin_object();
    out.member("version", std::int64_t{1});
    out.member("tool", style_.name + " " + style_.version);
    out.key("summary").begin_object();
    write_summary(out, tally);
    out.end_object();
    // The two arrays are whole already: they are the last members.
    out_(head);
    out_(",\"files\":");
    out_(files_text_);
    out_(",\"findings\":");
    out_(findings_text_);
    out_("}\n");
  }

 private:
  Style style_;
  Out out_;
  std::string files_text_;
  std::string findings_text_;
  Writer files_;
  Writer findings_;
};

class NdjsonReport final : public ReportWriter {
 public:
  NdjsonReport(const Style& style, Out out) : style_(style), out_(std::move(out)) {}

  void file(const FileReport& file) override {
    line("file", [&](Writer& out) { write_file(out, file); });
    for_each_finding(file, [&](const Finding& finding, const Suppressed* suppressed) {
      line("finding", [&](Writer& out) { write_finding(out, finding, file.file, suppressed); });
    });
  }

  void end(const Tally& tally) override {
    for (const Finding& finding : tally.general()) {
      line("finding", [&](Writer& out) { write_finding(out, finding, ""); });
    }
    line("summary", [&](Writer& out) {
      out.member("version", std::int64_t{1});
      out.member("tool", style_.name + " " + style_.version);
      write_summary(out, tally);
    });
  }

 private:
  template <class Fill>
  void line(std::string_view type, const Fill& fill) {
    std::string text;
    Writer out(text);
    out.begin_object();
    out.member("type", type);
    fill(out);
    out.end_object();
    out_(text + "\n");
  }

  Style style_;
  Out out_;
};

}  // namespace

std::unique_ptr<ReportWriter> json_report(const Style& style, Out out) {
  return std::make_unique<JsonReport>(style, std::move(out));
}

std::unique_ptr<ReportWriter> ndjson_report(const Style& style, Out out) {
  return std::make_unique<NdjsonReport>(style, std::move(out));
}

}  // namespace gh::findings
