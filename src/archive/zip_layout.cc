#include "archive/zip_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "archive/zip_records.h"
#include "archive/zip_rules.h"
#include "base/text.h"
#include "source/reader.h"

namespace gh::archive {

namespace {

// Of all gaps together; a longer one is a finding all the same.
constexpr std::uint64_t kSearched = std::uint64_t{16} << 20;

std::optional<std::uint64_t> find_local_header(source::Source& source, std::uint64_t begin,
                                               std::uint64_t end) {
  source::Reader reader(source, begin, end);
  while (reader.left() >= kLocalSize) {
    const std::string_view bytes = reader.peek(std::min(std::uint64_t{64} << 10, reader.left()));
    if (bytes.size() < 4) return std::nullopt;
    const std::size_t at = bytes.find(std::string_view("PK\x03\x04", 4));
    if (at != std::string_view::npos) return reader.position() + at;
    reader.skip(bytes.size() - 3);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::size_t> check_layout(source::Source& source, std::vector<Span> spans,
                                      std::uint64_t directory, findings::Examination& examination) {
  std::ranges::sort(spans, {}, [](const Span& span) { return std::pair(span.begin, span.end); });
  std::uint64_t searchable = kSearched;

  const auto gap = [&](std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t searched = std::min(end - begin, searchable);
    searchable -= searched;
    if (const auto hidden = find_local_header(source, begin, begin + searched)) {
      examination.add(kZipHiddenHeader,
                      "a local header lies between the members that the directory lists",
                      {.offset = hidden, .length = end - *hidden});
    } else if (begin == 0) {
      examination.add(kZipPrepended, fmt::format("{} bytes come before the first member", end),
                      {.offset = 0, .length = end});
    } else {
      examination.add(kZipGap, fmt::format("{} bytes belong to no member", end - begin),
                      {.offset = begin, .length = end - begin});
    }
  };

  std::uint64_t at = 0;
  std::string_view before;
  std::vector<std::size_t> shared;
  for (const Span& span : spans) {
    if (span.begin < at) {
      shared.push_back(span.member);
      examination.add(kZipOverlap,
                      fmt::format("\"{}\" and \"{}\" share {} bytes", escape(before),
                                  escape(span.name), std::min(at, span.end) - span.begin),
                      {.offset = span.begin});
    } else if (span.begin > at) {
      gap(at, span.begin);
    }
    if (span.end > at) {
      at = span.end;
      before = span.name;
    }
  }
  if (at < directory) gap(at, directory);
  return shared;
}

}  // namespace gh::archive
