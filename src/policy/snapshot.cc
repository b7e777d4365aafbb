#include "policy/snapshot.h"

#include <algorithm>

namespace gh::policy {
namespace {

// In a vector sorted by `name_of`; null when there is none of that name.
template <class T, class NameOf>
const T* find_sorted(const std::vector<T>& items, std::string_view name, NameOf name_of) {
  const auto at = std::lower_bound(
      items.begin(), items.end(), name,
      [&](const T& item, std::string_view wanted) { return name_of(item) < wanted; });
  return at != items.end() && name_of(*at) == name ? &*at : nullptr;
}

__extension__ using Wide = unsigned __int128;  // holds any product of two 64-bit numbers

constexpr std::uint64_t nanoseconds(Duration duration) {
  return static_cast<std::uint64_t>(duration.count());
}

bool is_faster(const Rate& a, const Rate& b) {
  return Wide{a.count} * nanoseconds(b.period) > Wide{b.count} * nanoseconds(a.period);
}

}  // namespace

bool never_binds(const Rate& loose, const Rate& tight) {
  return loose.burst >= tight.burst && !is_faster(tight, loose);
}

void narrow(Limit& limit, const Limit& by) {
  std::vector<Rate>& rates = limit.requests;
  for (const Rate& rate : by.requests) {
    const auto is_as_tight = [&](const Rate& other) { return never_binds(rate, other); };
    if (std::ranges::any_of(rates, is_as_tight)) continue;
    std::erase_if(rates, [&](const Rate& other) { return never_binds(other, rate); });
    rates.push_back(rate);
  }
  if (by.concurrent && (!limit.concurrent || by.concurrent->most < limit.concurrent->most)) {
    limit.concurrent = by.concurrent;
  }
}

const Tenant* Snapshot::tenant(std::string_view name) const {
  return find_sorted(tenants, name, [](const Tenant& t) { return std::string_view(t.name); });
}

const Model* Snapshot::model(std::string_view name) const {
  return find_sorted(models, name, [](const Model& m) { return std::string_view(m.name); });
}

const Grant* Snapshot::grant(const Tenant& tenant, std::string_view model_name) const {
  return find_sorted(tenant.grants, model_name,
                     [&](const Grant& g) { return std::string_view(models[g.model].name); });
}

}  // namespace gh::policy
