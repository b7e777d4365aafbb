#include "policy/load.h"

#include <algorithm>
#include <filesystem>

#include "policy/build.h"
#include "policy/include.h"
#include "policy/report.h"
#include "policy/rules.h"
#include "policy/section.h"
#include "policy/settings.h"
#include "policy/shape.h"

namespace gh::policy {
namespace {

Draft empty_draft(Report& report, const std::string& path, const LoadOptions& options) {
  Draft draft{.report = report,
              .directory = std::filesystem::path(path).parent_path().string(),
              .upstream_keys = options.upstream_keys,
              .snapshot = {},
              .upstream_names = {},
              .model_names = {},
              .tenant_names = {},
              .upstreams = {},
              .caches = {},
              .models = {},
              .tenants = {}};
  draft.snapshot.file = path;
  return draft;
}

// `root` may be null, when there is nothing to read.
Loaded build(Report& report, const yaml::Node* root, const std::string& path,
             const LoadOptions& options) {
  Loaded loaded;
  std::shared_ptr<Snapshot> snapshot;
  if (root != nullptr) {
    check_shape(report, *root);
    const Section section = Section::root(report, *root);
    Draft draft = empty_draft(report, path, options);
    build_listeners(draft, section);
    build_upstreams(draft, section);
    build_models(draft, section);
    build_global_limits(draft, section);
    build_tenants(draft, section);
    build_state(draft, section);
    build_rest(draft, section);
    check_rules(draft);
    snapshot = std::make_shared<Snapshot>(std::move(draft.snapshot));
  }
  loaded.problems = report.take_problems();
  loaded.notes = report.take_notes();
  if (loaded.problems.empty()) {
    loaded.snapshot = std::move(snapshot);
    loaded.effective = report.take_effective();
  }
  return loaded;
}

// Whether what stands there is in a section that has nothing to do with the state, or is a section
// that is missing.
bool is_elsewhere(const yaml::Node& root, yaml::Position at) {
  const yaml::Entry* in = nullptr;
  for (const yaml::Entry& entry : root.entries) {
    const bool before = entry.key_at.file == at.file && entry.key_at <= at;
    if (before && (in == nullptr || in->key_at < entry.key_at)) in = &entry;
  }
  if (in == nullptr) return at == root.at;
  return in->key != "version" && in->key != "state" && in->key != "secrets" &&
         find(settings(), in->key) != nullptr;
}

std::string absolute(const std::string& path) {
  std::error_code failed;
  const auto full = std::filesystem::absolute(path, failed);
  return failed ? path : full.lexically_normal().string();
}

}  // namespace

const Effective* Loaded::find(std::string_view path) const {
  const auto at = std::ranges::find(effective, path, &Effective::path);
  return at == effective.end() ? nullptr : &*at;
}

Loaded load(const std::string& path, LoadOptions options) {
  Report report(options.effective);
  const auto root = read_tree(report, path);
  return build(report, root.get(), absolute(path), options);
}

std::optional<StateFiles> load_state_files(const std::string& path) {
  Report report(false);
  const auto root = read_tree(report, path);
  if (root == nullptr || report.has_problems()) return std::nullopt;
  check_shape(report, *root);
  Draft draft = empty_draft(report, absolute(path), {});
  build_state(draft, Section::root(report, *root));
  if (report.is_full() ||
      report.has_problem_where([&](yaml::Position at) { return !is_elsewhere(*root, at); })) {
    return std::nullopt;
  }
  const Snapshot& found = draft.snapshot;
  return StateFiles{found.state_directory, found.pepper_file, found.salt_key_file};
}

Loaded load_text(std::string_view text, const std::string& file, const std::string& directory,
                 LoadOptions options) {
  Report report(options.effective);
  const auto root = read_tree(report, text, file, directory);
  return build(report, root.get(), absolute(directory) + "/" + file, options);
}

}  // namespace gh::policy
