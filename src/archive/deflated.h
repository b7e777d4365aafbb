#pragma once
// gzip and zlib files: one content, deflated. Read here and not by libarchive, which gives nothing
// of the block in which a file is cut, while loaders have run it by then. Used by one thread.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::archive {

// gzip by its magic; zlib, which has none, by its header and a beginning that can be inflated.
bool is_gzip(std::string_view head);
bool is_zlib(std::string_view head);
bool is_deflated(source::Source& source);

// Counts the content of `source`, which is one of them, and calls `visit` with as much as there
// is. False when it does not go to its end; the finding says why, and comes after the visit.
bool for_deflated(source::Source& source, findings::Examination& examination,
                  const std::function<void(source::Source& content)>& visit);

}  // namespace gh::archive
