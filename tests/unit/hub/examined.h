#pragma once
// One file through `examine_document`, and what was said of it.

#include <set>
#include <string>
#include <string_view>

#include "hub/document.h"

namespace gh::hub {

struct Examined {
  bool known = false;
  std::string ids;  // in order, each once, joined by a space
  DocumentFacts facts;
  std::string kind;
};

inline Examined examined(std::string_view path, std::string_view bytes) {
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  Examined out;
  out.known = examine_document(source, path, examination, &out.facts);
  out.kind = examination.kind();
  std::set<std::string_view> ids;
  for (const findings::Finding& finding : examination.findings()) ids.insert(finding.rule->id);
  for (const std::string_view id : ids) out.ids += (out.ids.empty() ? "" : " ") + std::string(id);
  return out;
}

// What was found, "unknown" when the kind was not.
inline std::string found(std::string_view path, std::string_view bytes) {
  const Examined out = examined(path, bytes);
  return out.known ? out.ids : "unknown";
}

struct Case {
  std::string_view path;
  std::string_view bytes;
  std::string_view ids;
};

}  // namespace gh::hub
