#pragma once
// Where the findings of a stream go, with the opcode that they are about.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "findings/examination.h"

namespace gh::pickle {

class Report {
 public:
  // `at`: the offset of the opcode that is being followed.
  Report(findings::Examination& examination, const std::uint64_t& at)
      : examination_(examination), at_(at) {}

  void add(const findings::Rule& rule, std::string message, std::string_view evidence = {}) {
    examination_.add(rule, std::move(message), {.offset = at_, .evidence = evidence});
  }
  // `message` makes the text. A stream can hold a finding in every opcode: of those that are
  // counted and not kept, no text is made.
  template <std::invocable Message>
  void add(const findings::Rule& rule, const Message& message) {
    const bool kept = examination_.count(rule) < findings::Examination::kKeptPerRule;
    add(rule, kept ? std::string(message()) : std::string());
  }
  void add_at(std::uint64_t offset, const findings::Rule& rule, std::string message) {
    examination_.add(rule, std::move(message), {.offset = offset});
  }

 private:
  findings::Examination& examination_;
  const std::uint64_t& at_;
};

}  // namespace gh::pickle
