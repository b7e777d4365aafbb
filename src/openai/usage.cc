#include "openai/usage.h"

#include <algorithm>
#include <optional>

namespace gh::openai {
namespace {

// No model's context is larger; a count beyond it is a lie, and sums of it cannot overflow.
constexpr std::int64_t kMostPromptTokens = std::int64_t{1} << 32;

// Of one token: its text and its reasoning.
constexpr std::uint64_t kMostDeltas = 2;

// Absent and null are 0; nothing for what cannot be a count up to `most`.
std::optional<std::uint64_t> count(json::Value value, std::uint64_t most) {
  if (!value.exists() || value.is_null()) return 0;
  const auto number = value.int64();
  if (!number || *number < 0 || static_cast<std::uint64_t>(*number) > most) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

}  // namespace

std::optional<UsageMeter::Counts> UsageMeter::read(json::Value usage) {
  const json::Value prompt_tokens = usage["prompt_tokens"];
  const json::Value completion_tokens = usage["completion_tokens"];
  const json::Value total_tokens = usage["total_tokens"];
  // vLLM writes no null in their place, and clients add them up.
  if (!prompt_tokens.is_integer() || completion_tokens.is_null() || total_tokens.is_null())
    return std::nullopt;
  const auto prompt = count(prompt_tokens, kMostPromptTokens);
  const auto completion = count(completion_tokens, INT64_MAX);
  const auto total = count(total_tokens, INT64_MAX);
  const auto cached = count(usage["prompt_tokens_details"]["cached_tokens"], INT64_MAX);
  const auto reasoning = count(usage["completion_tokens_details"]["reasoning_tokens"], INT64_MAX);
  if (!prompt || !completion || !total || !cached || !reasoning) return std::nullopt;
  Counts counts{*prompt, *completion, *cached, *reasoning};
  if (total_tokens.is_integer()) counts.total_tokens = total;
  if (!counts.add_up()) return std::nullopt;
  return counts;
}

UsageMeter::UsageMeter(std::uint32_t prompts, std::uint32_t n, std::uint64_t prompt_bound,
                       std::uint64_t completion_bound)
    : choices_(std::size_t{prompts} * n),
      prompt_bound_(prompt_bound),
      completion_bound_(completion_bound),
      n_(n) {}

bool UsageMeter::nonsense() {
  nonsense_ = true;
  return false;
}

bool UsageMeter::choice(std::uint32_t index, const std::optional<Counts>& counts) {
  if (index >= choices_.size()) return nonsense();
  Choice& choice = choices_[index];
  if (!counts || counts->completion_tokens > completion_bound_ / choices_.size() ||
      counts->prompt_tokens > prompt_bound_ * n_ / choices_.size() ||
      counts->completion_tokens < choice.completion || counts->prompt_tokens < choice.prompt) {
    return nonsense();
  }
  choice.prompt = counts->prompt_tokens;
  choice.completion = counts->completion_tokens;
  choice.reported = true;
  return true;
}

bool UsageMeter::sum(json::Value usage, bool with_text) {
  const Total before = total();
  const auto counts = read(usage);
  if (!counts || counts->completion_tokens > completion_bound_ ||
      counts->prompt_tokens > prompt_bound_) {
    return nonsense();
  }
  // What was reported choice by choice, or in an earlier sum, cannot be taken back.
  const bool falls = !before.estimated && (counts->prompt_tokens < before.prompt_tokens ||
                                           counts->completion_tokens < before.completion_tokens);
  const bool has_text = with_text || before.completion_tokens > 0;
  have_sum_ = true;
  sum_.prompt_tokens = counts->prompt_tokens;
  sum_.completion_tokens = counts->completion_tokens;
  sum_.cached_tokens = counts->cached_tokens;
  return falls || (has_text && counts->completion_tokens == 0) ? nonsense() : true;
}

void UsageMeter::delta(std::uint32_t index) {
  if (index >= choices_.size()) return;
  if (++choices_[index].deltas > kMostDeltas * completion_bound_ / choices_.size())
    nonsense_ = true;
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
    total.completion_tokens += choice.reported
                                   ? choice.completion
                                   : std::min(choice.deltas, completion_bound_ / choices_.size());
    total.estimated |= !choice.reported && choice.deltas > 0;
    total.seen |= choice.reported || choice.deltas > 0;
  }
  return total;
}

}  // namespace gh::openai
