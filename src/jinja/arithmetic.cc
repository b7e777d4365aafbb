#include "jinja/arithmetic.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace gh::jinja {

bool is_saturated(std::int64_t number) {
  return number == INT64_MAX || number <= -INT64_MAX;
}

std::int64_t times(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  return __builtin_mul_overflow(a, b, &out) ? INT64_MAX : out;
}

std::int64_t plus(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  return __builtin_add_overflow(a, b, &out) ? INT64_MAX : out;
}

std::int64_t greatest_in(std::string_view text, std::int64_t base) {
  constexpr std::size_t kMost = 19;
  std::string digits(text);
  std::erase(digits, '_');
  double real = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), real);
  if (base == 10 && error == std::errc() && end == digits.data() + digits.size()) {
    real = std::ceil(std::abs(real));
    return real < 9e18 ? static_cast<std::int64_t>(real) : INT64_MAX;
  }
  // Python knows other digits, and white space around them.
  const auto length = static_cast<std::int64_t>(std::min(digits.size(), kMost));
  return computed("**", base, length).value_or(INT64_MAX);
}

std::optional<std::int64_t> computed(std::string_view op, std::int64_t a, std::int64_t b) {
  // From one that stands for a greater one nothing smaller is worked out.
  const bool saturated = is_saturated(a) || is_saturated(b);
  if (saturated && (a < 0 || b < 0 || op == "%" || op == "//" || op == "-")) return std::nullopt;
  if (op == "+") return plus(a, b);
  if (op == "*") return times(a, b);
  if (op == "-" && b != INT64_MIN) return plus(a, -b);
  if (op == "**" && b >= 0) {
    std::int64_t out = 1;
    for (std::int64_t i = 0; i < std::min<std::int64_t>(b, 64); ++i) out = times(out, a);
    return b > 64 && a != 0 && a != 1 && a != -1 ? INT64_MAX : out;
  }
  if (b == 0 || (a == INT64_MIN && b == -1)) return std::nullopt;
  const std::int64_t rest = a % b;
  const bool down = rest != 0 && (rest < 0) != (b < 0);  // Python rounds down
  if (op == "//") return a / b - (down ? 1 : 0);
  if (op == "%") return rest + (down ? b : 0);
  return std::nullopt;
}

}  // namespace gh::jinja
