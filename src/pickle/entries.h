#pragma once
// The tensors of the dictionary that a checkpoint is, kept while it is filled: what values refer to
// is soon forgotten. Every doubt ends it, as whoever has the tensors takes them for all there are.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "pickle/pickle.h"
#include "pickle/storages.h"
#include "pickle/values.h"

namespace gh::pickle {

class Entries {
 public:
  static constexpr std::size_t kMost = 1'000'000;
  static constexpr std::size_t kMostBytes = 100'000'000;  // as of a safetensors header

  Entries(const Values& values, const Storages& storages) : values_(values), storages_(storages) {}

  // Before `target`, a dictionary, gets the items: key, value, key, value.
  void set(Value target, std::span<const Value> items);

  // When `result` is the one dictionary that got tensors, and nothing else.
  std::optional<std::vector<NamedTensor>> take(Value result);

 private:
  bool keep(Value key, Value value);

  const Values& values_;
  const Storages& storages_;
  std::optional<Value> dictionary_;
  std::vector<NamedTensor> tensors_;
  std::size_t bytes_ = 0;
  bool doubtful_ = false;
};

}  // namespace gh::pickle
