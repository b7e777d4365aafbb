#include "findings/report_writer.h"

#include <utility>

namespace gh::findings {

std::optional<Format> format_from(std::string_view name) {
  if (name == "text") return Format::text;
  if (name == "json") return Format::json;
  if (name == "ndjson") return Format::ndjson;
  if (name == "sarif") return Format::sarif;
  if (name == "junit") return Format::junit;
  return std::nullopt;
}

std::unique_ptr<ReportWriter> make_report(Format format, const Style& style, Out out) {
  switch (format) {
    case Format::json:
      return json_report(style, std::move(out));
    case Format::ndjson:
      return ndjson_report(style, std::move(out));
    case Format::sarif:
      return sarif_report(style, std::move(out));
    case Format::junit:
      return junit_report(style, std::move(out));
    case Format::text:
      break;
  }
  return text_report(style, std::move(out));
}

}  // namespace gh::findings
