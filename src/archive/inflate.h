#pragma once
// A deflated range (RFC 1951, without zlib header) as a source.

#include <memory>

#include "source/source.h"

namespace gh::archive {

// `packed` bytes of `whole` from `offset`, said to be `size` bytes when inflated. One byte more
// than that is produced where there is one, so that a lie shows; a broken stream is an `error()`.
// `whole` and `work` must outlive it. About 40 KiB of memory and a window of 128 KiB.
std::unique_ptr<source::Source> inflate(source::Source& whole, std::uint64_t offset,
                                        std::uint64_t packed, std::uint64_t size,
                                        std::uint64_t& work);

}  // namespace gh::archive
