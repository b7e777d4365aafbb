#pragma once
// The limits that one request has to pass at once, gathered. Made, used and gone within one step.

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "limits/table.h"
#include "policy/snapshot.h"

namespace gh::gateway {

class Asks {
 public:
  // `model`: whose limits these are. It is part of each subject then, so that they do not meet the
  // tenant's own buckets.
  explicit Asks(const limits::Table& table, std::string_view model = {})
      : table_(table), model_(model) {}

  // A limit that limits nothing is not asked.
  void add(limits::Scope scope, std::string_view subject, const policy::Limit& limit) {
    if (limit.requests || limit.concurrent) put(scope, subject, limit);
  }
  std::span<const limits::Ask> all() const { return {asks_.data(), count_}; }

 private:
  // Apart, so that what is not limited costs no call.
  [[gnu::noinline]] void put(limits::Scope scope, std::string_view subject,
                             const policy::Limit& limit) {
    asks_[count_++] = {.subject = model_.empty() ? table_.subject(scope, subject)
                                                 : table_.subject(scope, of_model(subject)),
                       .rate = limit.requests ? &*limit.requests : nullptr,
                       .concurrent = limit.concurrent ? &*limit.concurrent : nullptr};
  }
  std::string of_model(std::string_view subject) const {
    std::string name(model_);
    name += '\0';
    return name += subject;
  }

  const limits::Table& table_;
  const std::string_view model_;
  std::array<limits::Ask, limits::kMostAsks> asks_;
  std::size_t count_ = 0;
};

}  // namespace gh::gateway
