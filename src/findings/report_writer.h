#pragma once
// How a report is written. Files come in the order in which they are to be shown; a format that can
// be written as it goes along is.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "findings/report.h"

namespace gh::findings {

enum class Format : std::uint8_t { text, json, ndjson, sarif, junit };
std::optional<Format> format_from(std::string_view name);

class ReportWriter {
 public:
  ReportWriter() = default;
  ReportWriter(const ReportWriter&) = delete;
  ReportWriter& operator=(const ReportWriter&) = delete;
  virtual ~ReportWriter() = default;

  virtual void file(const FileReport& file) = 0;
  virtual void end(const Tally& tally) = 0;  // once, last
};

struct Style {
  std::string name = "gatehouse";
  std::string version;
  bool colour = false;  // of text
  bool quiet = false;   // of text: only what does not pass, and findings; "" when there are none
};

// Text reaches `out` in whole lines.
using Out = std::function<void(std::string_view)>;

std::unique_ptr<ReportWriter> make_report(Format format, const Style& style, Out out);

// Each is one of the above.
std::unique_ptr<ReportWriter> text_report(const Style& style, Out out);
std::unique_ptr<ReportWriter> json_report(const Style& style, Out out);
std::unique_ptr<ReportWriter> ndjson_report(const Style& style, Out out);
std::unique_ptr<ReportWriter> sarif_report(const Style& style, Out out);
std::unique_ptr<ReportWriter> junit_report(const Style& style, Out out);

}  // namespace gh::findings
