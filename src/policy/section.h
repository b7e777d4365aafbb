#pragma once
// Reading a section of the policy tree: the value as written, else inherited, else the default of
// the table; each with its origin noted for `policy show`. Says nothing of mistakes (shape.h has
// told them): a value that does not read counts as absent. Views into the tree and the table; a
// name that the table does not have, or of another type, is a programming error.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/report.h"
#include "policy/settings.h"
#include "policy/value.h"
#include "yaml/yaml.h"

namespace gh::policy {

struct Word {
  std::string text;
  yaml::Position at;
};

struct Route {
  Word model;
  Word upstream;
};

struct SecretSource {
  enum class Kind { file, environment, credential };
  Kind kind = Kind::file;
  std::string name;  // path, variable or credential
  yaml::Position at;
};

class Section {
 public:
  static Section root(Report& report, const yaml::Node& node);

  const std::string& path() const { return path_; }
  Report& report() const { return *report_; }
  // Where it stands in the file; of a section that nobody wrote, where it could have been.
  yaml::Position at() const { return at_; }
  bool present() const;  // written here or inherited
  // Written in this very section.
  bool written(std::string_view name) const;
  // Written here or inherited, not a default.
  bool has(std::string_view name) const { return lookup(name) != nullptr; }
  // Something is written, here or inherited, that does not read, so that the value in force is
  // another: nothing follows from it.
  bool refused(std::string_view name) const;
  // Where the value in force stands, else at().
  yaml::Position at(std::string_view name) const;

  Section section(std::string_view name) const;
  // What is absent there comes from `defaults`' section of the same name.
  Section section_over(std::string_view name, const Section& defaults) const;
  std::vector<Section> sections(std::string_view name) const;

  // Zero, false or empty when absent without default, or the setting's `word`.
  std::uint64_t number(std::string_view name) const;
  std::uint32_t number32(std::string_view name) const;
  bool flag(std::string_view name) const;
  Duration duration(std::string_view name) const;
  std::string text(std::string_view name) const;
  // Nothing when absent without default, or the setting's `word`.
  template <class T>
  std::optional<T> get(std::string_view name) const {
    const std::optional<Value> value = read(name);
    if (!value || !std::holds_alternative<T>(*value)) return std::nullopt;
    return std::get<T>(*value);
  }
  std::vector<Word> words(std::string_view name) const;
  std::vector<Route> routes(std::string_view name) const;
  std::optional<SecretSource> secret(std::string_view name) const;

  // Notes a value that was computed from others when nobody wrote it.
  void computed(std::string_view name, std::string value) const;

 private:
  Section(Report& report, std::span<const Setting> members, std::string path, yaml::Position at)
      : report_(&report), members_(members), path_(std::move(path)), at_(at) {}

  const Setting& setting(std::string_view name) const;
  const yaml::Node* lookup(std::string_view name) const;
  std::optional<Value> read(std::string_view name) const;
  void note(std::string_view name, std::string value, std::string origin) const;

  Report* report_;
  std::span<const Setting> members_;
  std::string path_;
  yaml::Position at_;
  const yaml::Node* own_ = nullptr;
  const yaml::Node* inherited_ = nullptr;
};

}  // namespace gh::policy
