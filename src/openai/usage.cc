#include "openai/usage.h"

#include <algorithm>
#include <optional>

namespace gh::openai {
namespace {

// No model's context is larger; a count beyond it is a lie, and sums of it cannot overflow.
constexpr std::int64_t kMostPromptTokens = std::int64_t{1} << 32;

// Absent and null are 0; nothing for what cannot be a count up to `most`.
std::optional<std::uint64_t> count(json::Value value, std::uint64_t most) {
  if (!value.exists() || value.is_null()) return 0;
  const auto number = value.int64();
  if (!number || *number < 0 || static_cast<std::uint64_t>(*number) > most) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

struct Counts {
  std::uint64_t prompt = 0;
  std::uint64_t completion = 0;
  std::uint64_t cached = 0;
};

std::optional<Counts> read(json::Value usage, std::uint64_t completion_bound) {
  if (!usage["prompt_tokens"].is_integer()) return std::nullopt;
  const auto prompt = count(usage["prompt_tokens"], kMostPromptTokens);
  const auto completion = count(usage["completion_tokens"], completion_bound);
  if (!prompt || !completion) return std::nullopt;
  const auto cached = count(usage["prompt_tokens_details"]["cached_tokens"], *prompt);
  if (!cached) return std::nullopt;
  return Counts{*prompt, *completion, *cached};
}

}  // namespace

UsageMeter::UsageMeter(std::uint32_t prompts, std::uint32_t n, std::uint64_t completion_bound)
    : choices_(std::size_t{prompts} * n), n_(n), bound_(completion_bound) {}

void UsageMeter::choice(std::uint32_t index, json::Value usage) {
  if (index >= choices_.size()) {
    nonsense_ = true;
    return;
  }
  Choice& choice = choices_[index];
  const auto counts = read(usage, bound_ / choices_.size());
  if (!counts || counts->completion < choice.completion || counts->prompt < choice.prompt) {
    nonsense_ = true;
    return;
  }
  choice.prompt = counts->prompt;
  choice.completion = counts->completion;
  choice.reported = true;
}

void UsageMeter::sum(json::Value usage) {
  const Total before = total();
  const auto counts = read(usage, bound_);
  if (!counts) {
    nonsense_ = true;
    return;
  }
  // What was reported choice by choice, or in an earlier sum, cannot be taken back.
  if (!before.estimated &&
      (counts->prompt < before.prompt_tokens || counts->completion < before.completion_tokens)) {
    nonsense_ = true;
  }
  have_sum_ = true;
  sum_.prompt_tokens = counts->prompt;
  sum_.completion_tokens = counts->completion;
  sum_.cached_tokens = counts->cached;
}

void UsageMeter::delta(std::uint32_t index) {
  if (index < choices_.size()) ++choices_[index].deltas;
}

UsageMeter::Total UsageMeter::total() const {
  Total total = sum_;
  total.nonsense = nonsense_;
  total.seen = have_sum_;
  if (have_sum_) return total;
  std::uint64_t prompt = 0;  // of the prompt that the choice belongs to
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    const Choice& choice = choices_[i];
    if (i % n_ == 0) prompt = 0;
    if (choice.prompt > prompt) {
      total.prompt_tokens += choice.prompt - prompt;
      prompt = choice.prompt;
    }
    total.completion_tokens += choice.reported ? choice.completion : choice.deltas;
    total.estimated |= !choice.reported && choice.deltas > 0;
    total.seen |= choice.reported || choice.deltas > 0;
  }
  return total;
}

}  // namespace gh::openai
