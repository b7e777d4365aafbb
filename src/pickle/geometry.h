#pragma once
// How far a tensor reaches into its storage.

#include <cstdint>
#include <optional>
#include <span>

#include "pickle/value.h"

namespace gh::pickle {

// Of an array: NumPy 2 takes as many; before, it took 32.
inline constexpr std::size_t kMostDimensions = 64;

// The highest element that is addressed, plus one; 0 for a tensor without elements. None when a
// number is negative or no integer, the counts differ, or 63 bits do not hold it.
std::optional<std::uint64_t> reach(Value offset, std::span<const Value> size,
                                   std::span<const Value> stride);

// Whether the elements lie in the order of their indices, with nothing between them.
bool is_contiguous(std::span<const Value> size, std::span<const Value> stride);

// The product of all, when they are integers from 0 and it fits 63 bits.
std::optional<std::uint64_t> product(std::span<const Value> size);

}  // namespace gh::pickle
