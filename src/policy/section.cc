#include "policy/section.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace gh::policy {
namespace {

// The value of `name` when it is of that kind, and says something.
const yaml::Node* child(const yaml::Node* section, std::string_view name, yaml::Kind kind) {
  const yaml::Node* node = section == nullptr ? nullptr : section->find(name);
  if (node == nullptr || node->refused || node->is_null() || node->kind != kind) return nullptr;
  return node;
}

std::string joined(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

}  // namespace

Section Section::root(Report& report, const yaml::Node& node) {
  Section root(report, settings(), "", node.at);
  root.own_ = &node;
  return root;
}

const Setting& Section::setting(std::string_view name) const {
  const Setting* found = find(members_, name);
  GH_CHECK(found != nullptr);
  return *found;
}

const yaml::Node* Section::lookup(std::string_view name) const {
  const yaml::Kind kind = kind_of(setting(name).type);
  const yaml::Node* node = child(own_, name, kind);
  return node != nullptr ? node : child(inherited_, name, kind);
}

bool Section::present() const {
  return own_ != nullptr || inherited_ != nullptr;
}

bool Section::written(std::string_view name) const {
  return child(own_, name, kind_of(setting(name).type)) != nullptr;
}

bool Section::refused(std::string_view name) const {
  const yaml::Node* node = own_ == nullptr ? nullptr : own_->find(name);
  if (node == nullptr && inherited_ != nullptr) node = inherited_->find(name);
  if (node == nullptr) return false;
  const Setting& s = setting(name);
  const auto reads = [&](Type type, const yaml::Node& scalar) {
    return scalar.kind == yaml::Kind::scalar && !scalar.refused && parse_value(s, type, scalar);
  };
  if (node->refused || node->is_null() || node->kind != kind_of(s.type)) return true;
  if (s.type == Type::words) {
    return !std::ranges::all_of(node->items,
                                [&](const auto& item) { return reads(s.item, *item); });
  }
  return node->kind == yaml::Kind::scalar && !reads(s.type, *node);
}

yaml::Position Section::at(std::string_view name) const {
  const yaml::Node* node = lookup(name);
  return node != nullptr ? node->at : at_;
}

Section Section::section(std::string_view name) const {
  const Setting& s = setting(name);
  Section made(*report_, s.members, joined(path_, name), at(name));
  made.own_ = child(own_, name, yaml::Kind::mapping);
  if (made.own_ == nullptr || !s.whole) {
    made.inherited_ = child(inherited_, name, yaml::Kind::mapping);
  }
  return made;
}

Section Section::section_over(std::string_view name, const Section& defaults) const {
  Section made = section(name);
  made.inherited_ = child(defaults.own_, name, yaml::Kind::mapping);
  return made;
}

std::vector<Section> Section::sections(std::string_view name) const {
  std::vector<Section> made;
  const yaml::Node* list = lookup(name);
  if (list == nullptr) return made;
  const Setting& s = setting(name);
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const yaml::Node& item = *list->items[i];
    if (item.kind != yaml::Kind::mapping) continue;
    const yaml::Node* named = child(&item, "name", yaml::Kind::scalar);
    const std::string path = named != nullptr ? joined(joined(path_, name), named->text)
                                              : fmt::format("{}[{}]", joined(path_, name), i);
    Section element(*report_, s.members, path, item.at);
    element.own_ = &item;
    made.push_back(std::move(element));
  }
  return made;
}

std::optional<Value> Section::read(std::string_view name) const {
  const Setting& s = setting(name);
  if (const yaml::Node* node = lookup(name)) {
    if (auto value = parse_value(s, s.type, *node)) {
      note(name, node->text, report_->where(node->at));
      return *value;
    }
  }
  if (s.fallback.empty() || s.fallback.starts_with('(')) return std::nullopt;
  note(name, std::string(s.fallback), "default");
  return *parse_value(s, s.type, s.fallback);  // a test reads every default
}

std::uint64_t Section::number(std::string_view name) const {
  return get<std::uint64_t>(name).value_or(0);
}

std::uint32_t Section::number32(std::string_view name) const {
  const std::uint64_t value = number(name);
  GH_CHECK(value <= UINT32_MAX);  // the table's upper bounds see to it
  return static_cast<std::uint32_t>(value);
}

bool Section::flag(std::string_view name) const {
  return get<bool>(name).value_or(false);
}

Duration Section::duration(std::string_view name) const {
  return get<Duration>(name).value_or(Duration{});
}

std::string Section::text(std::string_view name) const {
  return get<std::string>(name).value_or("");
}

std::vector<Word> Section::words(std::string_view name) const {
  std::vector<Word> words;
  const yaml::Node* list = lookup(name);
  if (list == nullptr) return words;
  const Setting& s = setting(name);
  std::string shown;
  std::set<std::string_view> seen;
  for (const auto& item : list->items) {
    if (item->kind != yaml::Kind::scalar || !parse_value(s, s.item, *item)) continue;
    if (!seen.insert(item->text).second) continue;
    shown += (shown.empty() ? "" : ", ") + item->text;
    words.push_back({item->text, item->at});
  }
  note(name, fmt::format("[{}]", shown), report_->where(list->at));
  return words;
}

std::vector<Route> Section::routes(std::string_view name) const {
  std::vector<Route> routes;
  const yaml::Node* mapping = lookup(name);
  if (mapping == nullptr) return routes;
  for (const yaml::Entry& entry : mapping->entries) {
    if (entry.value->kind != yaml::Kind::scalar || entry.value->is_null()) continue;
    routes.push_back({{entry.key, entry.key_at}, {entry.value->text, entry.value->at}});
    note(fmt::format("{}.{}", name, entry.key), entry.value->text, report_->where(entry.value->at));
  }
  return routes;
}

std::optional<SecretSource> Section::secret(std::string_view name) const {
  const yaml::Node* node = lookup(name);
  if (node == nullptr || node->entries.size() != 1) return std::nullopt;
  const yaml::Entry& entry = node->entries.front();
  if (entry.value->kind != yaml::Kind::scalar || entry.value->text.empty()) return std::nullopt;
  using Kind = SecretSource::Kind;
  SecretSource source{Kind::file, entry.value->text, entry.value->at};
  if (entry.key == "credential") {
    source.kind = Kind::credential;
  } else if (entry.key == "env" && setting(name).type == Type::secret) {
    source.kind = Kind::environment;
  } else if (entry.key != "file") {
    return std::nullopt;
  }
  note(name, fmt::format("{{ {}: {} }}", entry.key, source.name), report_->where(node->at));
  return source;
}

void Section::computed(std::string_view name, std::string value) const {
  note(name, std::move(value), "default");
}

void Section::note(std::string_view name, std::string value, std::string origin) const {
  report_->effective(joined(path_, name), std::move(value), std::move(origin));
}

}  // namespace gh::policy
