#pragma once
// A scratch state for one test, and child processes that do one thing to it.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "identity/key_text.h"
#include "store/key_store.h"

namespace gh::store {

constexpr WallTime kNow{1'790'000'000'000'000'000};

class Scratch {
 public:
  Scratch() {
    char name[] = "/tmp/gatehouse_store_XXXXXX";
    root_ = mkdtemp(name);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& root() const { return root_; }
  StatePaths paths() const {
    return {root_ + "/state", root_ + "/state/secrets/pepper", root_ + "/state/secrets/salt"};
  }
  std::string database() const { return root_ + "/state/gatehouse.db"; }

 private:
  std::string root_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

inline mode_t mode_of(const std::string& path) {
  struct stat facts{};
  return stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777 : 0;
}

inline identity::KeyRecord sample_key(const std::string& name) {
  identity::KeyRecord key;
  key.id = identity::make_key_id();
  key.tenant = "alpha";
  key.name = name;
  key.created = kNow;
  identity::KeySecret secret;
  secret.kid = identity::make_key("test").kid;
  crypto::random_bytes(secret.mac);
  key.secrets.push_back(secret);
  return key;
}

// Runs `body` in a child process; its result is the exit code. -1: killed by a signal.
inline pid_t start_child(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  return child;
}
inline int wait_for(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
inline int in_child(const std::function<int()>& body) {
  return wait_for(start_child(body));
}

}  // namespace gh::store
