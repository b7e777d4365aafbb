#pragma once
// What a child says about the file that it examined: bounded JSON. The child writes it; the parent
// reads it as it would read any untrusted document.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/weights.h"
#include "artifacts/examine.h"
#include "base/error.h"
#include "findings/catalogue.h"

namespace gh::artifacts {

inline constexpr std::size_t kMaxAnswer = 8 << 20;  // bytes

struct Answer {
  std::string kind;
  std::vector<findings::Finding> findings;
  std::uint64_t bytes_read = 0;
  std::string sha256;  // hex, or ""
  Facts facts;
  std::vector<adapter::ModuleNumbers> numbers;
};

// Of findings that were only counted, the last one that was kept says how many there are.
std::string write_answer(const findings::Examination& examination, std::uint64_t bytes_read,
                         std::string_view sha256, const Facts& facts,
                         std::span<const adapter::ModuleNumbers> numbers = {});

// Every rule must be known, every text is made printable again and cut, nothing else is taken.
Result<Answer> read_answer(std::string_view text, const findings::Catalogue& catalogue);

}  // namespace gh::artifacts
