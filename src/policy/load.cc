#include "policy/load.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

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

// What says where the keys are. `include` is in a tree only as something else than a list: what it
// meant was not read then.
bool is_about_keys(const Setting& setting) {
  return setting.name == "version" || setting.name == "include" || setting.name == "state" ||
         setting.name == "secrets";
}

// Leaves what says where the keys are, in whatever file, and what is no setting at all: it may be
// meant for that.
void leave_what_is_about_keys(yaml::Node& root) {
  std::erase_if(root.entries, [](const yaml::Entry& entry) {
    const Setting* setting = find(settings(), entry.key);
    return setting != nullptr && !is_about_keys(*setting);
  });
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
  if (root == nullptr) return std::nullopt;
  leave_what_is_about_keys(*root);
  std::vector<Setting> known;
  std::ranges::copy_if(settings(), std::back_inserter(known), is_about_keys);
  check_shape(report, *root, known);
  Draft draft = empty_draft(report, absolute(path), {});
  build_state(draft, Section::root(report, *root));
  if (report.has_problems()) return std::nullopt;
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
