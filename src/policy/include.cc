#include "policy/include.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <span>
#include <utility>

#include "base/text.h"
#include "policy/files.h"
#include "policy/settings.h"

namespace gh::policy {
namespace {

constexpr std::size_t kMostFiles = 64;

std::string directory_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

// What tells that two paths are one file.
std::string identity(const std::string& path) {
  std::error_code ignored;
  const auto real = std::filesystem::weakly_canonical(path, ignored);
  return real.empty() ? path : real.string();
}

class Reader {
 public:
  explicit Reader(Report& report) : report_(report) {}

  std::unique_ptr<yaml::Node> whole(std::unique_ptr<yaml::Node> root) {
    return incomplete_ ? nullptr : std::move(root);
  }

  // `name` is the file's in messages. `mentioned` is where it is asked for; nothing for the first.
  std::unique_ptr<yaml::Node> file(const std::string& path, const std::string& name,
                                   const yaml::Position* mentioned) {
    auto read = read_file(path, yaml::kMaxBytes);
    if (!read) {
      const yaml::Position at =
          mentioned != nullptr ? *mentioned : yaml::Position{1, 1, report_.add_file(name)};
      report_.problem(at, "{}", read.error().message);
      incomplete_ = true;
      return nullptr;
    }
    const std::uint32_t number = report_.add_file(name);
    const yaml::Position top{1, 1, number};
    if ((read->mode & 02) != 0) {
      report_.problem(top, "everybody may write this file (mode {:04o}); run chmod o-w",
                      read->mode);
    } else if ((read->mode & 04) != 0) {
      report_.note(top, "everybody may read this file (mode {:04o}); chmod o-r hides it",
                   read->mode);
    }
    seen_.emplace(identity(path), top);
    return text(read->text, number, name, directory_of(path));
  }

  std::unique_ptr<yaml::Node> text(std::string_view text, std::uint32_t number,
                                   const std::string& name, const std::string& directory) {
    yaml::Tree tree = yaml::parse(text, number);
    for (const yaml::Problem& problem : tree.problems) {
      report_.problem(problem.at, "{}", problem.message);
    }
    if (tree.root == nullptr) incomplete_ = true;
    if (tree.root != nullptr) include(*tree.root, name, directory);
    return std::move(tree.root);
  }

 private:
  void include(yaml::Node& root, const std::string& name, const std::string& directory) {
    const auto entry = std::ranges::find(root.entries, "include", &yaml::Entry::key);
    // What is no list is left where it is, for the check of shapes to say so.
    if (entry == root.entries.end() || entry->value->kind != yaml::Kind::sequence) return;
    const std::unique_ptr<yaml::Node> list = std::move(entry->value);
    root.entries.erase(entry);
    for (const auto& item : list->items) {
      if (item->refused) continue;
      if (item->kind != yaml::Kind::scalar || item->text.empty() ||
          item->text.find('\0') != std::string::npos) {
        report_.problem(item->at, "`include`: an entry is not a path; write [ other.yaml ]");
        continue;
      }
      const std::string path = resolve(directory, item->text);
      if (const auto seen = seen_.find(identity(path)); seen != seen_.end()) {
        report_.problem(item->at, "`include`: `{}` is read already, as {}; remove this",
                        escape(item->text, 128), report_.where(seen->second));
        continue;
      }
      if (seen_.size() >= kMostFiles) {
        report_.problem(item->at, "`include`: more than {} files", kMostFiles);
        return;
      }
      auto tree = file(path, resolve(directory_of(name), item->text), &item->at);
      if (tree != nullptr) join(root, std::move(*tree));
    }
  }

  void join(yaml::Node& into, yaml::Node from) {
    if (from.kind == yaml::Kind::mapping && into.kind == yaml::Kind::mapping) {
      join(into, std::move(from), settings());
    } else if (!from.refused) {
      report_.problem(from.at, "an included file is a mapping of settings, like the policy");
    }
  }

  // Lists of sections grow, sections are merged, anything else may stand in one file only.
  void join(yaml::Node& into, yaml::Node from, std::span<const Setting> known) {
    for (yaml::Entry& entry : from.entries) {
      const auto there = std::ranges::find(into.entries, entry.key, &yaml::Entry::key);
      if (there == into.entries.end()) {
        into.entries.push_back(std::move(entry));
        continue;
      }
      const Setting* setting = find(known, entry.key);
      yaml::Node& value = *there->value;
      const Type type = setting == nullptr ? Type::name : setting->type;
      const bool alike = value.kind == entry.value->kind && !value.refused;
      if (alike && type == Type::sections && value.kind == yaml::Kind::sequence) {
        std::ranges::move(entry.value->items, std::back_inserter(value.items));
      } else if (alike && type == Type::section && value.kind == yaml::Kind::mapping) {
        join(value, std::move(*entry.value), setting->members);
      } else {
        report_.problem(entry.key_at, "`{}` is set twice; first at {}; remove one",
                        escape(entry.key, 64), report_.where(there->key_at));
      }
    }
  }

  Report& report_;
  std::map<std::string, yaml::Position> seen_;
  bool incomplete_ = false;  // what seems to be missing may be in a file that could not be read
};

}  // namespace

std::unique_ptr<yaml::Node> read_tree(Report& report, const std::string& path) {
  Reader reader(report);
  return reader.whole(reader.file(path, path, nullptr));
}

std::unique_ptr<yaml::Node> read_tree(Report& report, std::string_view text,
                                      const std::string& file, const std::string& directory) {
  Reader reader(report);
  return reader.whole(reader.text(text, report.add_file(file), file, directory));
}

}  // namespace gh::policy
