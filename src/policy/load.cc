#include "policy/load.h"

#include <algorithm>
#include <filesystem>

#include "policy/build.h"
#include "policy/include.h"
#include "policy/report.h"
#include "policy/rules.h"
#include "policy/section.h"
#include "policy/shape.h"

namespace gh::policy {
namespace {

// `root` may be null, when there is nothing to read.
Loaded build(Report& report, const yaml::Node* root, const std::string& path,
             const LoadOptions& options) {
  Loaded loaded;
  std::shared_ptr<Snapshot> snapshot;
  if (root != nullptr) {
    check_shape(report, *root);
    const Section section = Section::root(report, *root);
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
    build_listeners(draft, section);
    build_upstreams(draft, section);
    build_models(draft, section);
    build_global_limits(draft, section);
    build_tenants(draft, section);
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

Loaded load_text(std::string_view text, const std::string& file, const std::string& directory,
                 LoadOptions options) {
  Report report(options.effective);
  const auto root = read_tree(report, text, file, directory);
  return build(report, root.get(), absolute(directory) + "/" + file, options);
}

}  // namespace gh::policy
