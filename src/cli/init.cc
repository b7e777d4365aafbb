// `gatehouse init DIR`.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <ranges>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/shell.h"
#include "cli/starter_policy.h"
#include "crypto/certificate.h"
#include "policy/files.h"
#include "policy/load.h"
#include "store/key_store.h"
#include "vllm/surface.h"

namespace gh::cli {
namespace {

constexpr Duration kCertificateLife = std::chrono::days(365);

// What was made so far. Taken away again unless all of it could be made: half of it would only be
// in the way of the next try.
class Made {
 public:
  Made() = default;
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  ~Made() {
    for (const std::string& path : std::views::reverse(paths_)) {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  }
  void add(std::string path) { paths_.push_back(std::move(path)); }
  void keep() { paths_.clear(); }

 private:
  std::vector<std::string> paths_;
};

Result<> make_folder(const std::string& path, Made& made) {
  if (::mkdir(path.c_str(), 0700) != 0) {
    return fail("cannot make `{}`: {}", escape(path, 512), errno_text(errno));
  }
  made.add(path);
  return {};
}

// A new file with mode 0600; one that is there is never touched.
Result<> make_file(const std::string& path, std::string_view content, Made& made) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return fail("cannot make `{}`: {}", escape(path, 512), errno_text(errno));
  made.add(path);
  if (!write_all(fd.get(), content) || ::close(fd.release()) != 0) {
    return fail("cannot write `{}`: {}", escape(path, 512), errno_text(errno));
  }
  return {};
}

Result<> make_certificate(const std::string& directory, Made& made) {
  const WallTime now = system_clock().wall();
  const auto pair =
      crypto::make_self_signed({"localhost", "127.0.0.1", "::1"}, now, kCertificateLife);
  if (!pair) return std::unexpected(pair.error());
  auto written = make_file(directory + "/server.crt", pair->certificate_pem, made);
  if (written) written = make_file(directory + "/server.key", pair->key_pem.reveal(), made);
  return written;
}

// The state is made with its secrets, as `serve` would.
Result<> make_state(const std::string& policy_file) {
  const policy::Loaded loaded = policy::load(policy_file);
  if (loaded.snapshot == nullptr) {
    return fail("the starter policy does not load: {}", policy::format(loaded.problems.front()));
  }
  const policy::Snapshot& snapshot = *loaded.snapshot;
  const auto store = store::KeyStore::open(
      {snapshot.state_directory, snapshot.pepper_file, snapshot.salt_key_file});
  if (!store) return std::unexpected(store.error());
  return {};
}

Result<> make_everything(const std::string& directory) {
  Made made;
  // A folder that is there keeps its mode: it may be somebody else's as well.
  if (!policy::is_there(directory)) {
    if (auto done = make_folder(directory, made); !done) return done;
  }
  for (const char* below : {"/tls", "/secrets"}) {
    if (auto done = make_folder(directory + below, made); !done) return done;
  }
  if (auto done = make_certificate(directory + "/tls", made); !done) return done;
  const std::string policy_file = directory + "/gatehouse.yaml";
  const std::string policy = starter_policy(vllm::newest_known().text());
  if (auto done = make_file(policy_file, policy, made); !done) return done;
  made.add(directory + "/state");
  if (auto done = make_state(policy_file); !done) return done;
  made.keep();
  return {};
}

std::string next_steps(const std::string& directory) {
  return fmt::format(
      "Wrote {0}/gatehouse.yaml, {0}/tls, {0}/secrets and {0}/state.\n"
      "\n"
      "Next: set `vllm`, `served_as` and `max_model_len` in the policy, then\n"
      "  gatehouse policy check -c {1}\n"
      "  gatehouse keys create -c {1} --tenant demo --name laptop\n"
      "  gatehouse serve -c {1}\n"
      "and, with the key that was printed in GATEHOUSE_KEY,\n"
      "  curl --cacert {2} https://127.0.0.1:8443/v1/models \\\n"
      "    -H \"Authorization: Bearer $GATEHOUSE_KEY\"\n",
      escape(directory, 512), shell_word(directory + "/gatehouse.yaml"),
      shell_word(directory + "/tls/server.crt"));
}

}  // namespace

int run(const Init& command) {
  std::string directory = command.directory;
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  for (const char* name : {"gatehouse.yaml", "tls", "secrets", "state"}) {
    if (policy::is_there(fmt::format("{}/{}", directory, name))) {
      return complain(kFindings, fmt::format("`{}` holds a `{}` already; name another folder",
                                             escape(directory, 512), name));
    }
  }
  if (const auto made = make_everything(directory); !made) {
    return complain(kUndecided, made.error().message);
  }
  return command.quiet ? kFine : print(kFine, next_steps(directory));
}

}  // namespace gh::cli
