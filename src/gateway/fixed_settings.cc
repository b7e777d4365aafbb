#include "gateway/fixed_settings.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace gh::gateway {
namespace {

class Comparison {
 public:
  explicit Comparison(const policy::Loaded& next) : next_(next) {}

  // "" is a setting that is not there.
  void compare(const std::string& path, const std::string& was, const std::string& is) {
    if (was == is) return;
    lines_.push_back(fmt::format(
        "{}: `{}` changes only with a restart; {}",
        is_written(path) ? next_.find(path)->origin : escape(next_.snapshot->file, 512), path,
        was.empty() ? "there is none now" : fmt::format("it is {} now", escape(was, 512))));
  }

  void listeners(const policy::Snapshot& was, const policy::Snapshot& is) {
    const auto address = [](const policy::Snapshot& of, std::size_t i) {
      return i < of.listeners.size() ? of.listeners[i].address : std::string();
    };
    const std::size_t most = std::max(was.listeners.size(), is.listeners.size());
    for (std::size_t i = 0; i < most; ++i) {
      compare(fmt::format("listen[{}].address", i), address(was, i), address(is, i));
    }
  }

  // Where nobody wrote a place for the secrets they move with the state, which says enough.
  void state(const policy::Snapshot& was, const policy::Snapshot& is) {
    compare("state.directory", was.state_directory, is.state_directory);
    const bool moved = was.state_directory != is.state_directory;
    const auto secret = [&](const std::string& path, const std::string& old_file,
                            const std::string& new_file) {
      if (!moved || is_written(path)) compare(path, old_file, new_file);
    };
    secret("secrets.pepper", was.pepper_file, is.pepper_file);
    secret("secrets.salt_key", was.salt_key_file, is.salt_key_file);
  }

  std::vector<std::string> take() && { return std::move(lines_); }

 private:
  bool is_written(const std::string& path) const {
    const policy::Effective* value = next_.find(path);
    return value != nullptr && value->origin != "default";
  }

  const policy::Loaded& next_;
  std::vector<std::string> lines_;
};

std::string count(std::uint32_t workers) {
  return workers == 0 ? "one per core" : std::to_string(workers);
}

}  // namespace

std::vector<std::string> fixed_settings_changed(const policy::Snapshot& in_force,
                                                const policy::Loaded& next) {
  GH_DCHECK(next.snapshot != nullptr);
  const policy::Snapshot& asked = *next.snapshot;
  Comparison comparison(next);
  comparison.listeners(in_force, asked);
  comparison.compare("admin.address", in_force.admin ? in_force.admin->address : "",
                     asked.admin ? asked.admin->address : "");
  comparison.state(in_force, asked);
  comparison.compare("workers", count(in_force.workers), count(asked.workers));
  return std::move(comparison).take();
}

}  // namespace gh::gateway
