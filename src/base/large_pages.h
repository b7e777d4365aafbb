#pragma once
// Memory that will be written once from end to end costs more for its page faults than for its
// bytes: 4 KiB at a time, each a trip to the kernel. Linux hands out 2 MiB at a time where asked.

#include <cstddef>

namespace gh {

// Asks for large pages in what of [begin, begin + size) is a whole one. Before the first write;
// after it nothing is gained. Advice only: nothing else changes, and failure is no error.
void prefer_large_pages(void* begin, std::size_t size) noexcept;

}  // namespace gh
