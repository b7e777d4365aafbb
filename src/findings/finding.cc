#include "findings/finding.h"

#include <algorithm>
#include <array>

namespace gh::findings {

namespace {

constexpr std::array<std::string_view, 5> kSeverities = {"info", "low", "medium", "high",
                                                         "critical"};

bool is_id_byte(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

std::string_view name(Severity severity) {
  return kSeverities[static_cast<std::size_t>(severity)];
}

std::optional<Severity> severity_from(std::string_view name) {
  for (std::size_t i = 0; i < kSeverities.size(); ++i)
    if (kSeverities[i] == name) return static_cast<Severity>(i);
  return std::nullopt;
}

std::string_view name(Confidence confidence) {
  switch (confidence) {
    case Confidence::low:
      return "low";
    case Confidence::medium:
      return "medium";
    case Confidence::high:
      break;
  }
  return "high";
}

std::vector<std::string_view> references(const Rule& rule) {
  std::vector<std::string_view> ids;
  for (const std::string_view text : {rule.why, rule.fix}) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const std::string_view rest = text.substr(at);
      if (!rest.starts_with("CVE-") && !rest.starts_with("GHSA-")) continue;
      const auto end = std::ranges::find_if_not(rest, is_id_byte);
      const std::string_view id = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
      if (id.size() > std::string_view("GHSA-").size()) ids.push_back(id);
      at += id.size() - 1;
    }
  }
  return ids;
}

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::clean:
      return "clean";
    case Verdict::findings:
      return "findings";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::unsupported:
      return "unsupported";
    case Verdict::excluded:
      return "excluded";
  }
  return "inconclusive";
}

}  // namespace gh::findings
