#include "adapter/applied.h"

#include <fmt/format.h>

#include <cmath>

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

}  // namespace

void AppliedSettings::count(Counted& counted, std::string_view module, const Tensor* tensor) {
  if (counted.modules++ > 0) return;
  counted.first = module;
  counted.at = tensor == nullptr ? 0 : tensor->begin;
}

std::optional<std::uint64_t> AppliedSettings::rank_of(std::string_view module,
                                                      const Tensor& tensor) {
  const auto applied = config_.applied_to(served_name(module));
  if (!applied) {
    count(not_told_, module, &tensor);
    return std::nullopt;
  }
  if (!(std::abs(applied->scaling) <= limits_.scaling)) {
    count(scaled_, module, &tensor);
    if (!(std::abs(applied->scaling) <= std::abs(furthest_))) furthest_ = applied->scaling;
  }
  return applied->rank;
}

void AppliedSettings::not_stated(std::string_view module, const Tensor* tensor) {
  count(not_stated_, module, tensor);
}

void AppliedSettings::note_unknown(findings::Examination& examination, const Counted& counted,
                                   std::string_view what) {
  if (counted.modules == 0) return;
  tensors::note(examination, kNotFollowed, counted.at, [&] {
    return fmt::format("{} of {} was not found out, and so of {} modules", what,
                       quoted(counted.first), counted.modules);
  });
}

void AppliedSettings::report(findings::Examination& examination) const {
  if (scaled_.modules > 0 && examination.count(kScaling) == 0) {
    tensors::note(examination, kScaling, scaled_.at, [this] {
      return fmt::format("the scaling of {} is {:.4g}, more than {:.4g} ({} such modules)",
                         quoted(scaled_.first), furthest_, limits_.scaling, scaled_.modules);
    });
  }
  // Beside LRA-009, too: whoever accepts that an expression takes long has not accepted a rank that
  // nobody knows.
  note_unknown(examination, not_told_, "rank and scaling");
  note_unknown(examination, not_stated_, "the statement in the configuration");
}

}  // namespace gh::adapter
