#pragma once
// Values that PEFT finds by the name of a module: a key is the whole name, or its end after a dot,
// and the first that fits counts. One look-up for each part of the name, however many keys there
// are. Immutable after the last `add`: any thread may read.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gh::adapter {

template <class Value>
class ByName {
 public:
  void add(std::string_view key, Value value) {
    first_.try_emplace(std::string(key), entries_.size());
    entries_.emplace_back(key, value);
  }

  // Null when no key fits.
  const Value* find(std::string_view module) const {
    std::size_t first = entries_.size();
    for (std::string_view end = module;;) {
      if (const auto at = first_.find(end); at != first_.end() && at->second < first)
        first = at->second;
      const std::size_t dot = end.find('.');
      if (dot == std::string_view::npos) break;
      end.remove_prefix(dot + 1);
    }
    return first < entries_.size() ? &entries_[first].second : nullptr;
  }

  const std::vector<std::pair<std::string, Value>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, Value>> entries_;  // in the order of the file
  std::map<std::string, std::size_t, std::less<>> first_;
};

}  // namespace gh::adapter
