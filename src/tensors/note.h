#pragma once
// A finding whose text is made only when it is kept: a header can hold millions of one kind.

#include <string>
#include <utility>

#include "findings/examination.h"

namespace gh::tensors {

template <class Message>
void note(findings::Examination& examination, const findings::Rule& rule, std::uint64_t offset,
          Message&& message) {
  const bool kept = examination.count(rule) < findings::Examination::kKeptPerRule;
  examination.add(rule, kept ? std::string(message()) : std::string(), {.offset = offset});
}

}  // namespace gh::tensors
