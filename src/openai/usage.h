#pragma once
// What a request has used, from what the upstream says while it says it.
//
// On a streamed answer with several choices each chunk's usage counts only its own choice and its
// own prompt (choice i belongs to prompt ⌊i / n⌋); only the last chunk, with no choices, is the sum
// (vLLM 0.32, measured). Without usage on chunks, content deltas are counted and the result is
// marked estimated. Numbers that cannot be (negative, falling, above the request's own bound, a
// total that is no sum, text of no tokens; far more deltas than tokens) make the total nonsense,
// which is charged in full.

#include <cstdint>
#include <optional>
#include <vector>

#include "json/json.h"

namespace gh::openai {

class UsageMeter {
 public:
  struct Total {
    std::uint64_t prompt_tokens = 0;
    std::uint64_t completion_tokens = 0;
    std::uint64_t cached_tokens = 0;
    bool seen = false;       // the upstream reported anything
    bool estimated = false;  // counted from deltas
    bool nonsense = false;
  };

  // `prompts` and `n` of the request, and the most tokens that it can have.
  UsageMeter(std::uint32_t prompts, std::uint32_t n, std::uint64_t prompt_bound,
             std::uint64_t completion_bound);

  struct Counts {
    std::uint64_t prompt_tokens = 0;
    std::uint64_t completion_tokens = 0;
    std::uint64_t cached_tokens = 0;
    std::uint64_t reasoning_tokens = 0;
    std::optional<std::uint64_t> total_tokens = {};  // as given

    // Parts are no more than their whole, and the whole is the sum of its parts.
    bool add_up() const {
      return total_tokens.value_or(prompt_tokens + completion_tokens) ==
                 prompt_tokens + completion_tokens &&
             cached_tokens <= prompt_tokens && reasoning_tokens <= completion_tokens;
    }
  };
  // Of a `usage` object; nothing when one of them cannot be.
  static std::optional<Counts> read(json::Value usage);

  // What the `usage` object on a chunk of choice `index` counts; nothing is nonsense. False when it
  // is not believed.
  bool choice(std::uint32_t index, const std::optional<Counts>& counts);
  // The final or only `usage` object: the sum. `with_text` when it is of an answer with text. False
  // when it is not believed.
  bool sum(json::Value usage, bool with_text = false);
  // A content delta of choice `index`, when no usage comes with it.
  void delta(std::uint32_t index);

  Total total() const;

 private:
  bool nonsense();

  struct Choice {
    std::uint64_t prompt = 0;
    std::uint64_t completion = 0;
    std::uint64_t deltas = 0;
    bool reported = false;
  };
  std::vector<Choice> choices_;
  std::uint64_t prompt_bound_;
  std::uint64_t completion_bound_;
  Total sum_;
  std::uint32_t n_;
  bool have_sum_ = false;
  bool nonsense_ = false;
};

}  // namespace gh::openai
