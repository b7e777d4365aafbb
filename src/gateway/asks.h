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
    if (!limit.empty()) put(scope, subject, limit);
  }
  std::span<const limits::Ask> all() const { return {asks_.data(), count_}; }

 private:
  // Apart, so that what is not limited costs no call.
  [[gnu::noinline]] void put(limits::Scope scope, std::string_view subject,
                             const policy::Limit& limit) {
    const auto named = [&](std::string_view name) {
      return model_.empty() ? table_.subject(scope, name) : table_.subject(scope, of_model(name));
    };
    asks_[count_++] = {.subject = named(subject),
                       .rate = limit.requests.empty() ? nullptr : &limit.requests.front(),
                       .concurrent = limit.concurrent ? &*limit.concurrent : nullptr};
    // Each of several rates counts by itself.
    for (std::size_t i = 1; i < limit.requests.size(); ++i) {
      std::string name(subject);
      name.append({'\0', '\0', static_cast<char>(i)});
      asks_[count_++] = {.subject = named(name), .rate = &limit.requests[i]};
    }
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
