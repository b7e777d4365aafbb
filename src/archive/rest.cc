#include "archive/rest.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "archive/archive_rules.h"

namespace gh::archive {

void check_rest(source::Source& source, std::uint64_t at, findings::Examination& examination) {
  std::vector<char> block(std::size_t{64} * 1024);
  const std::uint64_t searched = std::min(source.size(), at + (std::uint64_t{1} << 20));
  while (at < searched) {
    const std::size_t got = source.read_at(at, block);
    if (got == 0) return;
    const auto read = std::span(block).first(got);
    const auto found = std::ranges::find_if(read, [](char c) { return c != '\0'; });
    if (found != read.end()) {
      at += static_cast<std::uint64_t>(found - read.begin());
      examination.add(kArchiveTrailing,
                      fmt::format("{} bytes follow the archive", source.size() - at),
                      {.offset = at, .length = source.size() - at});
      return;
    }
    at += got;
  }
  if (at < source.size())
    examination.add(kArchiveTrailing, "more than a MiB of padding follows the archive",
                    {.offset = at, .length = source.size() - at});
}

}  // namespace gh::archive
