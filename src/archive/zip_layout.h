#pragma once
// Whether the members of a zip archive fill it without sharing bytes and without leaving any.

#include <cstdint>
#include <string_view>
#include <vector>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::archive {

// Where one member lies, from its local header to behind its bytes and data descriptor.
struct Span {
  std::uint64_t begin;
  std::uint64_t end;
  std::size_t member;     // its index
  std::string_view name;  // raw bytes
};

// `directory`: offset of the central directory, where the members have to end. The members that lie
// on bytes of others.
std::vector<std::size_t> check_layout(source::Source& source, std::vector<Span> spans,
                                      std::uint64_t directory, findings::Examination& examination);

}  // namespace gh::archive
