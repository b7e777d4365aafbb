// gh-link: gh_hub
// Any bytes as a regular expression of a tokenizer: there is an answer within the steps that were
// given, and more steps never turn an answer into another.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "expressions/ways.h"
#include "hub/pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view pattern(reinterpret_cast<const char*>(data), size);
  gh::expressions::Steps few(20'000);
  gh::expressions::Steps many(200'000);
  const gh::expressions::Ways first = gh::expressions::count_ways(pattern, few);
  const gh::expressions::Ways second = gh::expressions::count_ways(pattern, many);
  if (first != gh::expressions::Ways::unknown) GH_CHECK(first == second);
  if (second == gh::expressions::Ways::unknown && !many.gone()) GH_CHECK(first == second);
  gh::expressions::Steps some(50'000);
  (void)gh::hub::is_slow_pattern(pattern, some);
  (void)gh::hub::is_whole_pattern(pattern);
  (void)gh::hub::matches_words(pattern);
  (void)gh::hub::matches_anything(pattern);
  return 0;
}
