#pragma once
// Numbers that stand in a template, as Python computes with them. Beyond 64 bits the greatest
// number stands for them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace gh::jinja {

// Products and sums stay at the greatest number.
std::int64_t times(std::int64_t a, std::int64_t b);
std::int64_t plus(std::int64_t a, std::int64_t b);

// It may stand for a greater one.
bool is_saturated(std::int64_t number);

// The greatest number that a text may stand for, in digits of that base or as a real: "12", "1e9".
std::int64_t greatest_in(std::string_view text, std::int64_t base = 10);

// `a op b`; nothing where Python gives an error or no integer, or where it is not known.
std::optional<std::int64_t> computed(std::string_view op, std::int64_t a, std::int64_t b);

}  // namespace gh::jinja
