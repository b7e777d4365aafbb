#include "policy/shape.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>

#include "base/text.h"
#include "policy/settings.h"
#include "policy/value.h"

namespace gh::policy {
namespace {

std::string_view kind_name(yaml::Kind kind) {
  switch (kind) {
    case yaml::Kind::scalar:
      return "a single value";
    case yaml::Kind::sequence:
      return "a list";
    case yaml::Kind::mapping:
      return "a mapping";
  }
  return {};
}

class Checker {
 public:
  explicit Checker(Report& report) : report_(report) {}

  // `at` is where a missing setting is reported: what introduces the section.
  void members(const yaml::Node& section, std::span<const Setting> known, std::string_view name,
               yaml::Position at) {
    const std::string in = name.empty() ? "" : fmt::format(" in {}", name);
    for (const yaml::Entry& entry : section.entries) {
      const Setting* setting = find(known, entry.key);
      if (setting == nullptr) {
        unknown(entry, known, in);
      } else if (!setting->later.empty()) {
        report_.problem(entry.key_at, "`{}`{} is not supported yet ({}); remove it", entry.key, in,
                        setting->later);
      } else {
        value(*entry.value, *setting, entry.key_at);
      }
    }
    for (const Setting& setting : known) {
      if (!setting.required || section.find(setting.name) != nullptr) continue;
      report_.problem(at, "`{}` is missing{}; write {}", setting.name, in,
                      accepted(setting, setting.type));
    }
  }

 private:
  void unknown(const yaml::Entry& entry, std::span<const Setting> known, std::string_view in) {
    std::vector<std::string_view> names;
    for (const Setting& setting : known) names.push_back(setting.name);
    const auto close = did_you_mean(entry.key, names);
    report_.problem(entry.key_at, "unknown setting `{}`{}; {}", escape(entry.key, 64), in,
                    close ? fmt::format("did you mean `{}`?", *close)
                          : fmt::format("known here: {}", fmt::join(names, ", ")));
  }

  void value(const yaml::Node& node, const Setting& setting, yaml::Position key_at) {
    if (node.refused) return;
    const std::string form = accepted(setting, setting.type);
    if (node.is_null()) {
      report_.problem(key_at, "`{}` has no value; write {}, or remove it", setting.name, form);
      return;
    }
    if (setting.type == Type::secret || setting.type == Type::secret_file) {
      secret(node, setting);
      return;
    }
    if (node.kind != kind_of(setting.type)) {
      // `requests: 20/min` is what people try first.
      const bool rate = node.kind == yaml::Kind::scalar && find(setting.members, "rate") != nullptr;
      // A url may hold a password.
      const bool quotable = node.kind == yaml::Kind::scalar && setting.item != Type::url;
      report_.problem(node.at, "`{}` is {}{}; write {}", setting.name, kind_name(node.kind),
                      quotable ? fmt::format(", `{}`", escape(node.text, 64)) : "",
                      rate ? "{ rate: 20/min, burst: 5 }" : form);
      return;
    }
    switch (setting.type) {
      case Type::section:
        members(node, setting.members, fmt::format("`{}`", setting.name), key_at);
        break;
      case Type::sections:
        for (const auto& item : node.items) element(*item, setting);
        if (node.items.empty()) empty(node, setting);
        break;
      case Type::words:
        words(node, setting);
        break;
      case Type::routes:
        routes(node, setting);
        break;
      default:
        scalar(node, setting, setting.type);
    }
  }

  void empty(const yaml::Node& list, const Setting& setting) {
    report_.problem(list.at, "`{}` is empty; write one at least{}", setting.name,
                    setting.required ? "" : ", or remove it");
  }

  void element(const yaml::Node& item, const Setting& setting) {
    if (item.refused) return;
    if (item.kind != yaml::Kind::mapping) {
      report_.problem(item.at, "an entry of `{}` is {}; write a mapping {{ … }}", setting.name,
                      kind_name(item.kind));
      return;
    }
    members(item, setting.members, fmt::format("an entry of `{}`", setting.name), item.at);
  }

  void words(const yaml::Node& list, const Setting& setting) {
    std::map<std::string_view, yaml::Position> seen;
    for (const auto& item : list.items) {
      if (!is_text(*item, setting)) continue;
      if (!scalar(*item, setting, setting.item)) continue;
      const auto [first, is_new] = seen.emplace(item->text, item->at);
      if (!is_new) {
        report_.problem(item->at, "`{}` is in `{}` twice; the first is on line {}; remove one",
                        escape(item->text, 128), setting.name, first->second.line);
      }
    }
    if (list.items.empty()) empty(list, setting);
  }

  void routes(const yaml::Node& mapping, const Setting& setting) {
    for (const yaml::Entry& entry : mapping.entries) {
      if (!is_text(*entry.value, setting)) continue;
      yaml::Node key;
      key.at = entry.key_at;
      key.text = entry.key;
      scalar(key, setting, Type::model_name);
      scalar(*entry.value, setting, Type::name);
    }
  }

  bool is_text(const yaml::Node& node, const Setting& setting) {
    if (node.refused) return false;
    if (node.kind == yaml::Kind::scalar && !node.is_null()) return true;
    report_.problem(node.at, "an entry of `{}` is {}; write a single value", setting.name,
                    node.is_null() ? "empty" : kind_name(node.kind));
    return false;
  }

  bool scalar(const yaml::Node& node, const Setting& setting, Type type) {
    const auto read = parse_value(setting, type, node);
    if (!read) report_.problem(node.at, "`{}`: {}", setting.name, read.error().message);
    return read.has_value();
  }

  // Without a value it may be the secret itself.
  void unknown_source(const yaml::Entry& entry, const Setting& setting,
                      std::span<const std::string_view> sources) {
    const bool quotable = !entry.value->refused && !entry.value->is_null();
    const auto close = quotable ? did_you_mean(entry.key, sources) : std::nullopt;
    report_.problem(entry.key_at, "unknown source{} of `{}`; {}",
                    quotable ? fmt::format(" `{}`", escape(entry.key, 64)) : "", setting.name,
                    close ? fmt::format("did you mean `{}`?", *close)
                          : fmt::format("write {}", accepted(setting, setting.type)));
  }

  // A text in the place of a secret may be the secret: it is never quoted.
  void secret(const yaml::Node& node, const Setting& setting) {
    static constexpr std::array<std::string_view, 3> kSources = {"file", "credential", "env"};
    const auto sources = std::span(kSources).first(setting.type == Type::secret ? 3 : 2);
    const std::string form = accepted(setting, setting.type);
    if (node.kind != yaml::Kind::mapping) {
      report_.problem(node.at, "`{}`: secrets are never written in the policy; write {}",
                      setting.name, form);
      return;
    }
    if (node.entries.size() != 1) {
      report_.problem(node.at, "`{}` needs exactly one source; write {}", setting.name, form);
    }
    for (const yaml::Entry& entry : node.entries) {
      const yaml::Node& source = *entry.value;
      if (std::ranges::find(sources, entry.key) == sources.end()) {
        unknown_source(entry, setting, sources);
      } else if (!source.refused &&
                 (source.kind != yaml::Kind::scalar || source.text.empty() || source.is_null() ||
                  source.text.find('\0') != std::string::npos)) {
        report_.problem(source.at, "`{}` of `{}` has no usable name; write {}", entry.key,
                        setting.name, form);
      }
    }
  }

  Report& report_;
};

}  // namespace

void check_shape(Report& report, const yaml::Node& root, std::span<const Setting> known) {
  if (root.kind != yaml::Kind::mapping) {
    if (!root.refused) {
      report.problem(root.at, "a policy is a mapping; begin with `version: 1`");
    }
    return;
  }
  Checker(report).members(root, known, "", {1, 1, 0});
}

}  // namespace gh::policy
