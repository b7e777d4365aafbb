#include "adapter/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "adapter/applied.h"
#include "adapter/base.h"
#include "adapter/config.h"
#include "adapter/files.h"
#include "adapter/heads.h"
#include "adapter/names.h"
#include "adapter/rules.h"
#include "base/text.h"
#include "tensors/note.h"

namespace gh::adapter {

namespace {

using tensors::Tensor;

std::string quoted(std::string_view name) {
  return fmt::format("\"{}\"", escape(name, 120));
}

bool is_outside_language(std::string_view module) {
  return is_in_tower(module) || is_in_connector(module);
}

struct Pair {
  const Tensor* a = nullptr;
  const Tensor* b = nullptr;
  bool embedding = false;
};
using Pairs = std::map<std::string_view, Pair, std::less<>>;  // by module

class TensorChecks {
 public:
  TensorChecks(const Facts& facts, const Limits& limits, std::optional<Config>& config,
               const Base& base, findings::Examination& examination)
      : table_(*facts.table),
        limits_(limits),
        config_(config),
        base_(base),
        examination_(examination) {
    if (config_) applied_.emplace(*config_, limits_);
  }

  void run();

 private:
  template <class Message>
  void add(const Rule& rule, const Tensor* tensor, Message&& message) {
    tensors::note(examination_, rule, tensor == nullptr ? 0 : tensor->begin,
                  std::forward<Message>(message));
  }
  void collect();
  void keep(const Tensor*& half, const Tensor& tensor);
  void dtypes();
  void pair(std::string_view module, const Pair& pair);
  // `rank`: what vLLM takes it for; nothing when the configuration does not tell.
  void shapes(std::string_view module, const Pair& pair, std::optional<std::uint64_t> rank);
  void sizes(std::string_view module, const Pair& pair, std::optional<std::uint64_t> rank);
  void experts(std::string_view module, const Pair& pair, std::uint64_t rank);
  void place(std::string_view module, const Pair& pair);
  bool presence(std::string_view module, const Tensor* tensor);
  bool is_lone_experts(std::string_view module) const;
  void lone_experts();
  void towers();
  void targets();
  void conv1d();

  const tensors::TensorTable& table_;
  const Limits& limits_;
  std::optional<Config>& config_;
  const Base& base_;
  findings::Examination& examination_;
  Pairs pairs_;
  std::vector<const Tensor*> heads_;        // tensors of whole classification heads
  std::optional<AppliedSettings> applied_;  // with a configuration
  std::uint64_t compared_ = 0;
  std::uint64_t not_compared_ = 0;
};

void TensorChecks::run() {
  collect();
  check_heads(heads_, config_ ? &*config_ : nullptr, examination_);
  dtypes();
  for (const auto& [module, pair_of_it] : pairs_) pair(module, pair_of_it);
  lone_experts();
  towers();
  if (config_) targets();
  if (applied_) applied_->report(examination_);
  if (config_ && config_->fan_in_fan_out) conv1d();
  if (not_compared_ > 0) {
    add(compared_ > 0 ? kNotCompared : kBaseUnusable, nullptr,
        [this] { return fmt::format("{} modules have no known size in the base", not_compared_); });
  }
}

void TensorChecks::collect() {
  for (const Tensor& tensor : table_.tensors) {
    const TensorName name = parse_name(tensor.name);
    switch (name.part) {
      case Part::a:
      case Part::embedding_a:
        keep(pairs_[name.module].a, tensor);
        break;
      case Part::b:
      case Part::embedding_b:
        keep(pairs_[name.module].b, tensor);
        break;
      case Part::base:
        add(is_embedding_module(name.module) ? kEmbedding : kTensorName, &tensor,
            [&] { return fmt::format("{} is a whole weight of the base", quoted(tensor.name)); });
        continue;
      case Part::other:
        if (!head_of(tensor.name).empty()) {
          heads_.push_back(&tensor);
          continue;
        }
        add(kTensorName, &tensor,
            [&] { return fmt::format("{} is no tensor of LoRA", quoted(tensor.name)); });
        continue;
    }
    if (name.part == Part::embedding_a || name.part == Part::embedding_b) {
      pairs_[name.module].embedding = true;
    }
    if (!name.prefixed) {
      add(kNoPrefix, &tensor,
          [&] { return fmt::format("{} is without \"base_model.model.\"", quoted(tensor.name)); });
    }
  }
}

// With the prefix and without, or as an embedding's: which of the two vLLM keeps depends on the
// order of the file.
void TensorChecks::keep(const Tensor*& half, const Tensor& tensor) {
  if (half != nullptr) {
    add(kTensorName, &tensor,
        [&] { return fmt::format("{} and {} are one", quoted(half->name), quoted(tensor.name)); });
  }
  half = &tensor;
}

void TensorChecks::dtypes() {
  std::set<std::string_view> seen;
  for (const Tensor& tensor : table_.tensors) seen.insert(tensor.dtype);
  const bool usual = std::ranges::all_of(seen, [](std::string_view dtype) {
    return dtype == "F16" || dtype == "BF16" || dtype == "F32";
  });
  if (usual && seen.size() <= 1) return;
  add(kDtype, nullptr,
      [&] { return fmt::format("tensors have the types {}", fmt::join(seen, ", ")); });
}

void TensorChecks::pair(std::string_view module, const Pair& pair) {
  place(module, pair);
  const bool has_place = presence(module, pair.a == nullptr ? pair.b : pair.a);
  if (pair.a == nullptr || pair.b == nullptr) {
    const Tensor* const there = pair.a == nullptr ? pair.b : pair.a;
    add(kPair, there, [&] {
      return fmt::format("module {} has no {}", quoted(module), pair.a == nullptr ? "A" : "B");
    });
    return;
  }
  const auto rank = applied_ ? applied_->rank_of(module, *pair.a) : std::nullopt;
  shapes(module, pair, rank);
  if (has_place && !is_lone_experts(module)) sizes(module, pair, rank);
}

void TensorChecks::shapes(std::string_view module, const Pair& pair,
                          std::optional<std::uint64_t> stated) {
  const auto& a = pair.a->shape;
  const auto& b = pair.b->shape;
  if (a.size() != 2 || b.size() != 2) {
    add(kShape, pair.a, [&] { return fmt::format("A or B of {} is no matrix", quoted(module)); });
    return;
  }
  const std::uint64_t rank = stated.value_or(a[0]);
  // Of fused experts the ranks of all lie behind each other.
  const bool fits = is_fused_experts(module) && rank > 0 ? a[0] % rank == 0 : a[0] == rank;
  if (a[0] != b[1] || !fits) {
    add(kShape, pair.a, [&] {
      return fmt::format("A of {} has the rank {}, B {}; the configuration says {}", quoted(module),
                         a[0], b[1], rank);
    });
  }
}

void TensorChecks::sizes(std::string_view module, const Pair& pair,
                         std::optional<std::uint64_t> rank) {
  // What is no matrix has been said.
  if (!base_.known() || pair.a->shape.size() != 2 || pair.b->shape.size() != 2) return;
  const std::uint64_t in = pair.a->shape[1];
  const std::uint64_t out = pair.b->shape[0];
  const auto size = base_.size_of(module);
  if (pair.embedding) {
    // A is [r, vocabulary]: the embedding's matrix is [vocabulary, hidden].
    if (base_.vocabulary() && in != *base_.vocabulary()) {
      add(kDimensions, pair.a, [&] {
        return fmt::format("{} is for {} tokens, the base has {}", quoted(module), in,
                           *base_.vocabulary());
      });
    }
    return;
  }
  if (!size) {
    ++not_compared_;
    return;
  }
  ++compared_;
  if (rank) experts(module, pair, *rank);
  if (in == size->in && out == size->out) return;
  const bool turned = in == size->out && out == size->in;
  add(kDimensions, pair.a, [&] {
    return fmt::format("{} is {} to {}, in the base it is {} to {}{}", quoted(module), in, out,
                       size->in, size->out,
                       turned ? ": it fits if the base keeps this matrix turned" : "");
  });
}

void TensorChecks::experts(std::string_view module, const Pair& pair, std::uint64_t rank) {
  if (!is_fused_experts(module) || !base_.experts()) return;
  const std::uint64_t ranks = pair.a->shape[0];
  const std::uint64_t experts = *base_.experts();
  if (rank == 0 || (ranks % experts == 0 && ranks / experts == rank)) return;
  add(kDimensions, pair.a, [&] {
    return fmt::format("{} has {} ranks, which is not {} for each of {} experts", quoted(module),
                       ranks, rank, experts);
  });
}

void TensorChecks::place(std::string_view module, const Pair& pair) {
  const Tensor* const tensor = pair.a == nullptr ? pair.b : pair.a;
  const auto layer = layer_of(module);
  const auto layers = base_.layers(module);
  if (layer == kNoLayer) {
    add(kLayer, tensor, [&] {
      return fmt::format("{} is in no layer: none is numbered like that", quoted(module));
    });
  } else if (layer && layers && *layer >= *layers) {
    add(kLayer, tensor,
        [&] { return fmt::format("{} is in layer {} of {}", quoted(module), *layer, *layers); });
  }
  if (pair.embedding || is_embedding_module(module)) {
    add(kEmbedding, tensor, [&] { return fmt::format("{} is changed", quoted(module)); });
  } else if (is_outside_language(module)) {
    // What vLLM leaves out is one note for all of it (kTower), whatever it is called there.
  } else if (std::ranges::find(limits_.modules, last_part(served_name(module))) ==
             limits_.modules.end()) {
    add(kModule, tensor, [&] { return fmt::format("{} is changed", quoted(module)); });
  }
}

// Whether sizes of the base are to be asked for. Embeddings may be tied to the head, heads of
// classifiers are not in a base, and layers have a rule of their own.
bool TensorChecks::presence(std::string_view module, const Tensor* tensor) {
  const auto layer = layer_of(module);
  const auto layers = base_.layers(module);
  const std::string_view last = last_part(module);
  if (is_embedding_module(module) || last == "score" || last == "classifier" ||
      (layer && layers && *layer >= *layers)) {
    return true;
  }
  switch (base_.place_of(module)) {
    case Place::unknown:
    case Place::there:
      return true;
    case Place::packed:
      add(kPackedModule, tensor, [&] {
        return fmt::format("{} has other parts in the base: vLLM refuses this name",
                           quoted(module));
      });
      break;
    case Place::elsewhere:
      add(kNoSuchModule, tensor, [&] {
        return fmt::format(
            "{} is not in the base, which has \"{}\" in other places: vLLM loads it "
            "and applies nothing of it",
            quoted(module), escape(last, 60));
      });
      break;
    case Place::nowhere:
      add(kNoSuchModule, tensor, [&] {
        return fmt::format(
            "{} is not in the base, which has no \"{}\" at all: vLLM refuses the "
            "adapter",
            quoted(module), escape(last, 60));
      });
      break;
  }
  return false;
}

// Of fused experts PEFT keeps a second parameter in "base_layer" of the first. Of one alone the
// name does not say which it is.
bool TensorChecks::is_lone_experts(std::string_view module) const {
  constexpr std::string_view kInner = ".base_layer";
  if (!is_fused_experts(module)) return false;
  if (module.ends_with(kInner))
    return !pairs_.contains(module.substr(0, module.size() - kInner.size()));
  return !pairs_.contains(fmt::format("{}{}", module, kInner));
}

void TensorChecks::lone_experts() {
  const auto is_lone = [this](const auto& entry) { return is_lone_experts(entry.first); };
  const auto first = std::ranges::find_if(pairs_, is_lone);
  if (first == pairs_.end()) return;
  add(kOtherMethod, first->second.a, [&] {
    return fmt::format(
        "{} has one alone of gate_up_proj and down_proj, and so it is in {} layers: of fused "
        "experts "
        "vLLM needs both, and fails to load the adapter",
        quoted(first->first), std::ranges::count_if(pairs_, is_lone));
  });
}

void TensorChecks::towers() {
  const auto is_outside = [](const auto& entry) { return is_outside_language(entry.first); };
  const auto first = std::ranges::find_if(pairs_, is_outside);
  if (first == pairs_.end()) return;
  add(kTower, first->second.a, [&] {
    return fmt::format(
        "{} modules, of them {}: vLLM leaves them out unless it is started with "
        "--enable-tower-connector-lora",
        std::ranges::count_if(pairs_, is_outside), quoted(first->first));
  });
}

// Both ways: every module is stated, everything stated is there.
void TensorChecks::targets() {
  for (const auto& changed : pairs_) {
    const auto stated = config_->targets.states(changed.first, is_lone_experts(changed.first));
    if (!stated) applied_->not_stated(changed.first, changed.second.a);
    if (stated != false) continue;
    add(kTargets, changed.second.a, [&] {
      return fmt::format("{} is changed, and the configuration does not state it",
                         quoted(changed.first));
    });
  }
  for (const std::string& unused : config_->targets.unused()) {
    add(kUnusedTarget, nullptr, [&] { return fmt::format("{}, which no tensor changes", unused); });
  }
}

// PEFT says with it how a base keeps its matrices, and sets it for none but Conv1D.
void TensorChecks::conv1d() {
  const auto other = std::ranges::find_if_not(pairs_, is_conv1d, &Pairs::value_type::first);
  if (other == pairs_.end()) return;
  add(kIgnored, other->second.a, [&] {
    return fmt::format("fan_in_fan_out is set, which is for Conv1D, and {} is none",
                       quoted(other->first));
  });
}

void check_base(const BaseFacts& facts, const Base& base, findings::Examination& examination) {
  for (const std::string& fault : facts.faults) examination.add(kBaseUnusable, fault);
  if (!base.fault().empty()) examination.add(kBaseUnusable, std::string(base.fault()));
}

}  // namespace

void examine_adapter(const Facts& facts, const Limits& limits, findings::Examination& examination) {
  auto config = read_config(facts.config, limits, examination);
  const Base base(facts.base);
  check_base(facts.base, base, examination);
  if (facts.table == nullptr) {
    examination.add(kNoTensors, why_no_tensors(facts.files, facts.why));
  } else {
    check_format(facts.files, examination);
    TensorChecks(facts, limits, config, base, examination).run();
  }
  check_files(facts.files, facts.in_model, examination);
  check_links(facts.links, examination);
}

}  // namespace gh::adapter
