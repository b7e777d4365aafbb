#pragma once
// Values that PEFT and vLLM find by the name of a module (`get_pattern_key` of PEFT 0.19,
// `PEFTHelper._match_pattern` of vLLM 0.32): a key is an expression, which matches the whole name
// or its end behind a dot, and the first that does counts. Immutable after the last `add`: any
// thread may read.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/match.h"
#include "adapter/pattern.h"

namespace gh::adapter {

template <class Value>
class ByName {
 public:
  void add(std::string_view key, Value value) {
    const std::size_t index = entries_.size();
    by_text_.try_emplace(std::string(key), index);
    if (judge_pattern(key) == Pattern::plain) {
      std::string dots(key);
      for (char& c : dots) c = c == '.' ? '.' : '_';
      dots_[key.size()].insert(std::move(dots));
      plain_.try_emplace(std::string(key), index);
    } else {
      expressions_.emplace_back(index, Expression(key));
    }
    entries_.emplace_back(key, value);
  }

  // Null when no key fits. Nothing when that cannot be told: an expression was not understood, or
  // `steps` ran out, from which the work is taken.
  std::optional<const Value*> find(std::string_view module, std::uint64_t& steps) const {
    auto first = find_plain(module, steps);
    if (!first) return std::nullopt;
    for (const auto& [index, expression] : expressions_) {
      if (index > *first) break;
      const auto matched = expression.matches_end(module, steps);
      if (!matched) return std::nullopt;
      if (*matched) first = index;
    }
    return *first < entries_.size() ? &entries_[*first].second : nullptr;
  }

  // By the text of the key itself. Null when there is none.
  const Value* named(std::string_view key) const {
    const auto at = by_text_.find(key);
    return at == by_text_.end() ? nullptr : &entries_[at->second].second;
  }

  const std::vector<std::pair<std::string, Value>>& entries() const { return entries_; }

 private:
  // One look-up for each end of the name and each way in which keys of its length have dots, as a
  // dot of a key stands for any character; entries_.size() when none fits.
  std::optional<std::size_t> find_plain(std::string_view module, std::uint64_t& steps) const {
    std::size_t first = entries_.size();
    for (std::string_view end = module;;) {
      const auto ways = dots_.find(end.size());
      if (ways != dots_.end()) {
        for (const std::string& dots : ways->second) {
          if (steps < end.size()) return std::nullopt;
          steps -= end.size();
          std::string key(end);
          for (std::size_t i = 0; i < key.size(); ++i)
            if (dots[i] == '.') key[i] = '.';
          if (const auto at = plain_.find(key); at != plain_.end() && at->second < first)
            first = at->second;
        }
      }
      const std::size_t dot = end.find('.');
      if (dot == std::string_view::npos) return first;
      end.remove_prefix(dot + 1);
    }
  }

  std::vector<std::pair<std::string, Value>> entries_;  // in the order of the file
  std::map<std::string, std::size_t, std::less<>> by_text_;
  std::map<std::string, std::size_t, std::less<>> plain_;
  std::map<std::size_t, std::set<std::string>> dots_;  // by length: where plain keys have dots
  std::vector<std::pair<std::size_t, Expression>> expressions_;
};

}  // namespace gh::adapter
