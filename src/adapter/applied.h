#pragma once
// What vLLM applies to each module that an adapter changes, of what its configuration says: rank
// and scaling. The configuration alone is looked at where it is read; this is for what several of
// its keys say together.

#include <cstdint>
#include <optional>
#include <string_view>

#include "adapter/adapter.h"
#include "adapter/config.h"
#include "findings/examination.h"
#include "tensors/tensor_table.h"

namespace gh::adapter {

// Keeps views of the names it is given, until `report`.
class AppliedSettings {
 public:
  AppliedSettings(Config& config, const Limits& limits) : config_(config), limits_(limits) {}

  // The rank of a module that has `tensor`; nothing when the configuration does not tell.
  std::optional<std::uint64_t> rank_of(std::string_view module, const tensors::Tensor& tensor);

  // Notes that whether a module is stated could not be told.
  void not_stated(std::string_view module, const tensors::Tensor* tensor);

  void report(findings::Examination& examination) const;

 private:
  struct Counted {
    std::string_view first;  // module
    std::uint64_t at = 0;    // of its tensor in the file
    std::uint64_t modules = 0;
  };
  static void count(Counted& counted, std::string_view module, const tensors::Tensor* tensor);
  static void note_unknown(findings::Examination& examination, const Counted& counted,
                           std::string_view what);

  Config& config_;
  const Limits& limits_;
  Counted scaled_;       // beyond what is allowed
  double furthest_ = 0;  // of those, the scaling that is furthest from 0
  Counted not_told_;
  Counted not_stated_;
};

}  // namespace gh::adapter
