#pragma once
// Where the findings of a stream go, with the opcode that they are about.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "findings/examination.h"

namespace gh::pickle {

class Report {
 public:
  explicit Report(findings::Examination& examination) : examination_(examination) {}

  // From here on findings are about the opcode at this offset.
  void set_at(std::uint64_t offset) { at_ = offset; }
  std::uint64_t at() const { return at_; }

  void add(const findings::Rule& rule, std::string message, std::string_view evidence = {}) {
    examination_.add(rule, std::move(message), {.offset = at_, .evidence = evidence});
  }

 private:
  findings::Examination& examination_;
  std::uint64_t at_ = 0;
};

}  // namespace gh::pickle
