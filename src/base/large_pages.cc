#include "base/large_pages.h"

#include <sys/mman.h>

#include <cstdint>

namespace gh {

void prefer_large_pages(void* begin, std::size_t size) noexcept {
  constexpr std::uintptr_t kLarge = std::uintptr_t{2} << 20;  // x86-64, and arm64 with 4 KiB pages
  const auto at = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t first = (at + kLarge - 1) / kLarge * kLarge;
  const std::uintptr_t last = (at + size) / kLarge * kLarge;
  if (first < last) madvise(static_cast<char*>(begin) + (first - at), last - first, MADV_HUGEPAGE);
}

}  // namespace gh
