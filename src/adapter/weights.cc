#include "adapter/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "adapter/linear.h"
#include "adapter/names.h"
#include "adapter/weight_rules.h"
#include "base/text.h"
#include "tensors/note.h"
#include "tensors/values.h"

namespace gh::adapter {

namespace {

using tensors::Tensor;

constexpr std::uint64_t kMaxElements = 64ULL << 20;  // of one matrix
constexpr std::uint64_t kMaxRank = 512;              // the largest --max-lora-rank of vLLM
// Elements times rank, of all modules: some minutes. An adapter of rank 64 for all of a model of 70
// billion weights needs a tenth.
constexpr std::uint64_t kMaxWork = 1ULL << 38;
constexpr std::size_t kGrid = 128;  // rows and columns of the sample

std::string quoted(std::string_view name) {
  return fmt::format("\"{}\"", escape(name, 120));
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

struct Half {
  const Tensor* a = nullptr;
  const Tensor* b = nullptr;
};
std::map<std::string_view, Half> halves_of(const tensors::TensorTable& table) {
  std::map<std::string_view, Half> halves;
  for (const Tensor& tensor : table.tensors) {
    const TensorName name = parse_name(tensor.name);
    if (name.part == Part::a || name.part == Part::embedding_a) halves[name.module].a = &tensor;
    if (name.part == Part::b || name.part == Part::embedding_b) halves[name.module].b = &tensor;
  }
  return halves;
}

bool is_measurable(const Tensor* a, const Tensor* b) {
  if (a == nullptr || b == nullptr || a->shape.size() != 2 || b->shape.size() != 2) return false;
  return a->shape[0] == b->shape[1] && a->shape[0] > 0 && a->shape[0] <= kMaxRank &&
         a->shape[1] > 0 && b->shape[0] > 0 && tensors::has_readable_values(*a) &&
         tensors::has_readable_values(*b);
}

// Takes what a module costs from what is left.
bool take_work(const Tensor& a, const Tensor& b, std::uint64_t& left) {
  const std::uint64_t elements = (a.end - a.begin + b.end - b.begin) / 2;  // or less
  const std::uint64_t rank = a.shape[0];
  if (elements > left / rank) return false;
  left -= elements * rank;
  return true;
}

std::optional<Matrix> load(source::Source& source, const Tensor& tensor) {
  const auto values = tensors::read_values(source, tensor, kMaxElements);
  const std::size_t rows = static_cast<std::size_t>(tensor.shape[0]);
  const std::size_t columns = static_cast<std::size_t>(tensor.shape[1]);
  if (!values || values->size() != rows * columns) return std::nullopt;
  Matrix matrix{rows, columns, std::vector<double>(values->size())};
  for (std::size_t i = 0; i < values->size(); ++i) {
    if (!std::isfinite((*values)[i])) return std::nullopt;
    matrix.at(i / columns, i % columns) = double{(*values)[i]};
  }
  return matrix;
}

double kurtosis_of_product(const Matrix& b, const Matrix& a) {
  const std::size_t rows = std::min(b.rows, kGrid);
  const std::size_t columns = std::min(a.columns, kGrid);
  std::vector<double> entries;
  entries.reserve(rows * columns);
  double sum = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      double entry = 0;
      for (std::size_t k = 0; k < b.columns; ++k) {
        entry += b.at(i * b.rows / rows, k) * a.at(k, j * a.columns / columns);
      }
      entries.push_back(entry);
      sum += entry;
    }
  }
  const double mean = sum / static_cast<double>(entries.size());
  double second = 0;
  double fourth = 0;
  for (const double entry : entries) {
    const double square = (entry - mean) * (entry - mean);
    second += square;
    fourth += square * square;
  }
  return second > 0 ? fourth * static_cast<double>(entries.size()) / (second * second) : 0;
}

std::array<double, kNumbers> numbers_of(const Matrix& b, const Matrix& a) {
  const std::vector<double> sigma = singular_values_of_product(b, a);
  double energy = 0;
  for (const double value : sigma) energy += value * value;
  if (energy <= 0) return {};
  double entropy = 0;
  for (const double value : sigma) {
    const double share = value * value / energy;
    if (share > 0) entropy -= share * std::log(share);
  }
  return {sigma[0], std::sqrt(energy), sigma[0] * sigma[0] / energy, entropy,
          kurtosis_of_product(b, a)};
}

// |B·A| ≤ |B|·|A|, divided by the root of how many numbers there are: all experts of a layer in one
// matrix then weigh as one of them does.
struct Change {
  std::string_view module;
  std::uint64_t elements = 0;  // of A and of B
  double bound = 0;
};

// `changes` against the median of `among`.
void check_changes(std::span<const Change> changes, std::span<const Change> among,
                   const WeightLimits& limits, findings::Examination& examination) {
  constexpr std::size_t kFewest = 4;
  if (among.size() < kFewest) return;
  std::vector<double> bounds;
  for (const Change& change : among) bounds.push_back(change.bound);
  const double middle = median(std::move(bounds));
  if (middle <= 0) return;
  for (const Change& change : changes) {
    if (change.bound <= limits.norm_ratio * middle) continue;
    tensors::note(examination, kOutlier, 0, [&] {
      return fmt::format("the bound on the change of {} is {:.1f} times the median of {}",
                         quoted(change.module), change.bound / middle, among.size());
    });
  }
}

// Each within its kind, by the last part of the name and the size; of a kind that is rare, against
// all.
void check_norms(std::span<const Change> changes, const WeightLimits& limits,
                 findings::Examination& examination) {
  constexpr std::size_t kRare = 3;
  std::map<std::pair<std::string_view, std::uint64_t>, std::vector<Change>> kinds;
  for (const Change& change : changes)
    kinds[{last_part(change.module), change.elements}].push_back(change);
  for (const auto& [kind, alike] : kinds)
    check_changes(alike, alike.size() > kRare ? std::span(alike) : changes, limits, examination);
}

constexpr const Rule* kRules[] = {&kNotFinite, &kNoEffect,   &kRepeated,
                                  &kOutlier,   &kUnlikeBank, &kNotMeasured};

}  // namespace

void examine_weights(source::Source& source, const tensors::TensorTable& table,
                     const WeightLimits& limits, findings::Examination& examination) {
  std::map<const Tensor*, tensors::ValueSummary> summaries;
  std::map<std::tuple<std::string_view, std::uint64_t, std::uint64_t>, const Tensor*> seen;
  for (const Tensor& tensor : table.tensors) {
    const auto summary = tensors::summarise(source, tensor);
    if (!summary) {
      tensors::note(examination, kNotMeasured, tensor.begin, [&] {
        return fmt::format("{} of type {} was not looked at", quoted(tensor.name), tensor.dtype);
      });
      continue;
    }
    summaries[&tensor] = *summary;
    if (summary->nan + summary->infinite > 0) {
      tensors::note(examination, kNotFinite, tensor.begin, [&] {
        return fmt::format("{} holds {} NaN and {} infinities", quoted(tensor.name), summary->nan,
                           summary->infinite);
      });
    }
    if (summary->all_zero || summary->count == 0) continue;
    const auto [first, fresh] =
        seen.emplace(std::tuple(tensor.dtype, summary->count, summary->mark), &tensor);
    if (fresh) continue;
    tensors::note(examination, kRepeated, tensor.begin, [&, other = first->second] {
      return fmt::format("{} has the numbers of {}", quoted(tensor.name), quoted(other->name));
    });
  }
  std::vector<Change> changes;
  for (const auto& [module, half] : halves_of(table)) {
    const auto a = summaries.find(half.a);
    const auto b = summaries.find(half.b);
    if (a == summaries.end() || b == summaries.end()) continue;
    if (a->second.all_zero || b->second.all_zero) {
      tensors::note(examination, kNoEffect, half.a->begin,
                    [&, name = module] { return fmt::format("{} is not changed", quoted(name)); });
      continue;
    }
    const double count_a = static_cast<double>(a->second.count);
    const double count_b = static_cast<double>(b->second.count);
    changes.push_back(
        {.module = module,
         .elements = a->second.count + b->second.count,
         .bound = std::sqrt(a->second.squares / count_a) * std::sqrt(b->second.squares / count_b)});
  }
  check_norms(changes, limits, examination);
}

std::vector<ModuleNumbers> measure_weights(source::Source& source,
                                           const tensors::TensorTable& table,
                                           findings::Examination& examination) {
  std::vector<ModuleNumbers> modules;
  std::uint64_t work = kMaxWork;
  for (const auto& [module, half] : halves_of(table)) {
    const bool measurable = is_measurable(half.a, half.b) && take_work(*half.a, *half.b, work);
    const auto a = measurable ? load(source, *half.a) : std::nullopt;
    const auto b = a ? load(source, *half.b) : std::nullopt;
    if (b) {
      modules.push_back({.module = std::string(module), .values = numbers_of(*b, *a)});
      continue;
    }
    tensors::note(examination, kNotMeasured, 0,
                  [&, name = module] { return fmt::format("{} was not measured", quoted(name)); });
  }
  return modules;
}

std::vector<ModuleScores> compare_with_bank(std::span<const ModuleNumbers> modules,
                                            std::span<const ModuleNumbers> bank,
                                            const WeightLimits& limits,
                                            findings::Examination& examination) {
  std::map<std::string_view, std::array<std::vector<double>, kNumbers>> kinds;
  for (const ModuleNumbers& known : bank) {
    auto& kind = kinds[last_part(known.module)];
    for (std::size_t n = 0; n < kNumbers; ++n) kind[n].push_back(known.values[n]);
  }
  std::vector<ModuleScores> all;
  for (const ModuleNumbers& module : modules) {
    ModuleScores& scores = all.emplace_back();
    scores.module = module.module;
    scores.z.fill(std::numeric_limits<double>::quiet_NaN());
    const auto kind = kinds.find(last_part(module.module));
    if (kind == kinds.end() || kind->second[0].size() < limits.bank) continue;
    for (std::size_t n = 0; n < kNumbers; ++n) {
      const std::vector<double>& known = kind->second[n];
      const double middle = median(known);
      std::vector<double> distances;
      for (const double value : known) distances.push_back(std::abs(value - middle));
      const double spread = median(std::move(distances));
      if (!(spread > 0)) continue;
      scores.z[n] = 0.6745 * (module.values[n] - middle) / spread;
      if (std::abs(scores.z[n]) <= limits.z) continue;
      tensors::note(examination, kUnlikeBank, 0, [&] {
        return fmt::format("the {} of {} is {:.3g}; of {} others the median is {:.3g} (z = {:.1f})",
                           kNumberNames[n], quoted(module.module), module.values[n], known.size(),
                           middle, scores.z[n]);
      });
    }
  }
  return all;
}

std::span<const Rule* const> weight_rules() {
  return kRules;
}

}  // namespace gh::adapter
