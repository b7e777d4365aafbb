// gh-link: gh_hub
// Any bytes as a regular expression of a tokenizer: there is an answer within the steps that were
// given, and more steps never turn an answer into another.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "hub/pattern.h"
#include "hub/ways.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view pattern(reinterpret_cast<const char*>(data), size);
  gh::hub::Steps few(20'000);
  gh::hub::Steps many(200'000);
  const gh::hub::Ways first = gh::hub::count_ways(pattern, few);
  const gh::hub::Ways second = gh::hub::count_ways(pattern, many);
  if (first != gh::hub::Ways::unknown) GH_CHECK(first == second);
  if (second == gh::hub::Ways::unknown && !many.gone()) GH_CHECK(first == second);
  gh::hub::Steps some(50'000);
  (void)gh::hub::is_slow_pattern(pattern, some);
  (void)gh::hub::is_whole_pattern(pattern);
  (void)gh::hub::matches_words(pattern);
  (void)gh::hub::matches_anything(pattern);
  return 0;
}
