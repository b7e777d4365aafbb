#pragma once
// What a reader of this folder says of some bytes: the ids of its findings, sorted, each once.

#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::tensors {

inline std::string ids(const findings::Examination& examination) {
  std::set<std::string_view> sorted;
  for (const auto& finding : examination.findings()) sorted.insert(finding.rule->id);
  std::string joined;
  for (const std::string_view id : sorted) {
    if (!joined.empty()) joined += ' ';
    joined += id;
  }
  return joined;
}

template <class Read>
std::string ids_of(Read read, std::string_view bytes) {
  source::MemorySource source(bytes);
  findings::Examination examination(0);
  (void)read(source, examination);
  return ids(examination);
}

template <class Number>
std::string little_endian(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

}  // namespace gh::tensors
