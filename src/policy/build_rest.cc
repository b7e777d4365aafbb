// What every section builder shares, and the small sections.

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "policy/build.h"
#include "policy/files.h"
#include "policy/secrets.h"

namespace gh::policy {
namespace {

// "secrets" files belong to the state: they may be absent as long as it has no keys (it makes
// them), never open to others.
// `secret` is what the file holds, once it does.
std::string secret_path(Draft& draft, const Section& secrets, std::string_view name,
                        const std::string& otherwise, Secret& secret) {
  std::string path = otherwise;
  yaml::Position at = secrets.at();
  if (const auto source = secrets.secret(name)) {
    at = source->at;
    const auto named = secret_file(*source, draft.directory);
    if (named) {
      path = *named;
    } else {
      draft.report.problem(at, "`{}`: {}", name, named.error().message);
    }
  } else {
    secrets.computed(name, fmt::format("{{ file: {} }}", path));
  }
  if (!is_there(path)) {
    if (errno == ENOENT && is_there(draft.snapshot.state_directory + std::string(kKeyDatabase))) {
      draft.report.problem(at,
                           "`{}`: there is no `{}`, and the keys in `{}` are worthless without the "
                           "one that they were made with; put it back",
                           name, escape(path, 512), escape(draft.snapshot.state_directory, 512));
    }
  } else if (auto read = read_state_secret(path); read) {
    secret = *std::move(read);
  } else {
    draft.report.problem(at, "`{}`: {}", name, read.error().message);
  }
  return path;
}

// A file with something else than requests in it, which are objects of JSON: to add lines to it
// would spoil it.
bool is_no_request_log(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  std::ifstream file(path, std::ios::binary);
  char first = 0;
  return file.get(first) && first != '{';
}

void build_log(Draft& draft, const Section& log) {
  Snapshot& snapshot = draft.snapshot;
  const std::string target = log.text("requests");
  if (target == "stdout") {
    snapshot.request_log = RequestLog::to_stdout;
  } else if (target == "stderr") {
    snapshot.request_log = RequestLog::to_stderr;
  } else if (target == "none") {
    snapshot.request_log = RequestLog::none;
  } else {
    snapshot.request_log = RequestLog::file;
    snapshot.request_log_file = resolve(draft.directory, target);
    const std::string folder = resolve(snapshot.request_log_file, "..");
    if (is_folder(snapshot.request_log_file)) {
      draft.report.problem(log.at("requests"), "`requests`: `{}` is a folder; name a file in it",
                           escape(snapshot.request_log_file, 512));
    } else if (!is_there(folder)) {
      draft.report.problem(log.at("requests"), "`requests`: there is no folder `{}`; make it",
                           escape(folder, 512));
    } else if (is_no_request_log(snapshot.request_log_file)) {
      draft.report.problem(log.at("requests"),
                           "`requests`: `{}` is there and is no request log, which would be added "
                           "to it; name another file",
                           escape(snapshot.request_log_file, 512));
    }
  }
  snapshot.log_level = log.text("level");
}

}  // namespace

void report_unknown(Report& report, const Word& word, std::string_view kind, const Names& names) {
  if (report.is_full()) return;  // nothing more is kept
  if (names.empty()) return;     // there is none at all, which was said
  std::vector<std::string_view> candidates;
  for (const auto& [name, where] : names) candidates.push_back(name);
  report.problem(word.at, "unknown {} `{}`{}", kind, escape(word.text, 128),
                 suggestion(word.text, candidates));
}

bool enter_name(const Section& element, std::string_view kind, std::size_t index, Names& names) {
  const std::string name = element.text("name");
  if (name.empty()) return false;
  const auto [first, is_new] = names.emplace(name, Named{index, element.at("name")});
  if (!is_new) {
    element.report().problem(element.at("name"),
                             "a second {} `{}`; the first is at {}; give one of them another name, "
                             "or remove it",
                             kind, name, element.report().where(first->second.at));
  }
  return is_new;
}

void build_state(Draft& draft, const Section& root) {
  Snapshot& snapshot = draft.snapshot;
  snapshot.state_directory = resolve(draft.directory, root.section("state").text("directory"));
  const Section secrets = root.section("secrets");
  Secret pepper;
  Secret salt_key;
  snapshot.pepper_file =
      secret_path(draft, secrets, "pepper", snapshot.state_directory + "/secrets/pepper", pepper);
  snapshot.salt_key_file =
      secret_path(draft, secrets, "salt_key", snapshot.state_directory + "/secrets/salt", salt_key);
  if (snapshot.pepper_file == snapshot.salt_key_file) {
    draft.report.problem(secrets.at(),
                         "`pepper` and `salt_key` are the same file; give each its own");
  } else if (!pepper.empty() && pepper.equals(salt_key.reveal())) {
    draft.report.problem(secrets.at(),
                         "`pepper` and `salt_key` hold the same secret; give each its own");
  }
}

void build_rest(Draft& draft, const Section& root) {
  Snapshot& snapshot = draft.snapshot;
  root.number("version");  // for the list of effective values
  build_log(draft, root.section("log"));
  snapshot.drain = root.duration("drain");
  snapshot.workers = root.number32("workers");
  if (snapshot.workers == 0) root.computed("workers", "one per core");
  const Section memory = root.section("memory");
  snapshot.body_bytes_per_worker = memory.number("bodies_per_worker");
  snapshot.body_bytes_per_tenant = memory.number("bodies_per_tenant");
}

}  // namespace gh::policy
