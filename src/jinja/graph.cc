#include "jinja/graph.h"

#include <utility>

namespace gh::jinja {

namespace {

// Everything that can be reached from `first` and was not seen before, each after what it reaches.
void reach_from(std::size_t first, const Graph& graph, std::vector<bool>& seen,
                std::vector<std::size_t>& out) {
  std::vector<std::pair<std::size_t, std::size_t>> open;  // a node, how many of its edges are done
  if (!seen[first]) open.emplace_back(first, 0);
  seen[first] = true;
  while (!open.empty()) {
    auto& [node, edge] = open.back();
    if (edge == graph[node].size()) {
      out.push_back(node);
      open.pop_back();
      continue;
    }
    const std::size_t next = graph[node][edge++];
    if (seen[next]) continue;
    seen[next] = true;
    open.emplace_back(next, 0);
  }
}

}  // namespace

std::vector<std::size_t> ordered(const Graph& graph) {
  std::vector<std::size_t> out;
  std::vector<bool> seen(graph.size());
  for (std::size_t node = 0; node < graph.size(); ++node) reach_from(node, graph, seen, out);
  return out;
}

// Kosaraju's way.
std::vector<std::size_t> circles(const Graph& graph) {
  Graph back(graph.size());
  for (std::size_t node = 0; node < graph.size(); ++node)
    for (const std::size_t next : graph[node]) back[next].push_back(node);
  const std::vector<std::size_t> order = ordered(graph);
  std::vector<std::size_t> out(graph.size());
  std::vector<bool> seen(graph.size());
  for (auto node = order.rbegin(); node != order.rend(); ++node) {
    std::vector<std::size_t> members;
    reach_from(*node, back, seen, members);
    for (const std::size_t member : members) out[member] = *node;
  }
  return out;
}

}  // namespace gh::jinja
