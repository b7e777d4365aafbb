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

}  // namespace

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
