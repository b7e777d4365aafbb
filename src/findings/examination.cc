#include "findings/examination.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace gh::findings {

namespace {

constexpr std::size_t kEvidence = 200;
constexpr std::size_t kMemberName = 256;

}  // namespace

auto Examination::count_of(const Rule& rule) -> Count& {
  const auto count = std::ranges::find(counts_, &rule, &Count::rule);
  return count == counts_.end() ? counts_.emplace_back(&rule, 0) : *count;
}

void Examination::add(const Rule& rule, std::string message, const Where& where) {
  if (++count_of(rule).seen > kKeptPerRule) return;
  findings_.push_back({.rule = &rule,
                       .message = std::move(message),
                       .member = member_,
                       .offset = where.offset,
                       .length = where.length,
                       .line = where.line,
                       .column = where.column,
                       .evidence = escape(where.evidence, kEvidence)});
}

void Examination::add_count(const Rule& rule, std::uint64_t more) {
  if (more > 0) count_of(rule).seen += more;
}

std::uint64_t Examination::count(const Rule& rule) const {
  const auto count = std::ranges::find(counts_, &rule, &Count::rule);
  return count == counts_.end() ? 0 : count->seen;
}

void Examination::set_kind(std::string_view kind) {
  if (kind_.empty()) kind_ = kind;
}

Examination::Member::Member(Examination& examination, std::string_view name)
    : examination_(examination), length_before_(examination.member_.size()) {
  if (length_before_ != 0) examination_.member_ += '!';
  examination_.member_ += escape(name, kMemberName);
  ++examination_.depth_;
}

Examination::Member::~Member() {
  examination_.member_.resize(length_before_);
  --examination_.depth_;
}

}  // namespace gh::findings
