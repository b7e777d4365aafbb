#pragma once
// What loading a policy has to say: problems, notes, and where each effective value comes from.
// Belongs to one load; not thread-safe.

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "policy/load.h"
#include "yaml/yaml.h"

namespace gh::policy {

class Report {
 public:
  // Without `keep_effective`, effective() does nothing.
  explicit Report(bool keep_effective) : keep_effective_(keep_effective) {}

  // The number for yaml::Position::file.
  std::uint32_t add_file(std::string name);

  template <class... Args>
  void problem(yaml::Position at, fmt::format_string<Args...> format, Args&&... args) {
    add(problems_, at, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void note(yaml::Position at, fmt::format_string<Args...> format, Args&&... args) {
    add(notes_, at, fmt::format(format, std::forward<Args>(args)...));
  }
  // The last one for a path stays.
  void effective(std::string path, std::string value, std::string origin);

  bool has_problems() const { return !problems_.empty(); }
  bool is_full() const { return problems_.size() >= kMostRemarks; }  // more are not kept
  // "gatehouse.yaml:12:5"
  std::string where(yaml::Position at) const;

  // In the order of files, lines and columns; empties this.
  std::vector<Problem> take_problems() { return sorted(std::exchange(problems_, {})); }
  std::vector<Problem> take_notes() { return sorted(std::exchange(notes_, {})); }
  std::vector<Effective> take_effective() { return std::exchange(effective_, {}); }

 private:
  struct Remark {
    yaml::Position at;
    std::string message;
  };
  static void add(std::vector<Remark>& remarks, yaml::Position at, std::string message);
  std::vector<Problem> sorted(std::vector<Remark> remarks) const;

  // A file of nothing but mistakes is not worth more than this.
  static constexpr std::size_t kMostRemarks = 500;

  bool keep_effective_;
  std::vector<std::string> files_;
  std::vector<Remark> problems_;
  std::vector<Remark> notes_;
  std::vector<Effective> effective_;
  std::map<std::string, std::size_t, std::less<>> effective_index_;
};

}  // namespace gh::policy
