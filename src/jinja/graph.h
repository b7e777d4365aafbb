#pragma once
// What leads to what, by numbers from 0.

#include <cstddef>
#include <vector>

namespace gh::jinja {

using Graph = std::vector<std::vector<std::size_t>>;

// Every node after what it reaches; in a circle, one of them first.
std::vector<std::size_t> ordered(const Graph& graph);

// For each node one of those that it reaches and that reach it: the same for all of a circle.
std::vector<std::size_t> circles(const Graph& graph);

}  // namespace gh::jinja
