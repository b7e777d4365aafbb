#pragma once
// The state directory: made with closed modes whatever the umask, locked while a state is made in
// it, and its two secrets. docs/formats/state-directory.md. Start-up and command line only. What it
// makes belongs to whoever has the thread's rights (owner_rights.h).

#include <string>
#include <utility>

#include "base/error.h"
#include "base/fd.h"
#include "base/secret.h"
#include "store/owner_rights.h"

namespace gh::store {

class StateDirectory {
 public:
  // Makes it (0700) when it is absent.
  static Result<StateDirectory> make(const std::string& path);
  static Result<StateDirectory> open(const std::string& path);

  const Owner& owner() const { return owner_; }

  // Waits for whoever makes a state here; the lock ends with this object.
  Result<> lock() const;

  // Makes an empty file (0600). Fails when there is one.
  Result<> make_file(const std::string& path) const;
  // Gives `draft` its own name, under which there must be nothing; on disk when this returns.
  Result<> put_in_place(const std::string& draft, const std::string& path) const;
  // A fresh 256-bit secret in a new file (0600), whole and on disk, or no file at all; its folder
  // (0700) is made when absent. Fails when there is such a file.
  Result<Secret> make_secret(const std::string& path) const;

 private:
  StateDirectory(Fd folder, std::string path, Owner owner)
      : fd_(std::move(folder)), path_(std::move(path)), owner_(owner) {}

  Fd fd_;
  std::string path_;
  Owner owner_;
};

// A regular file, closed to group and others. It is never opened: closing it would drop this
// process's SQLite locks on it (POSIX fcntl).
Result<> check_closed(const std::string& path);

}  // namespace gh::store
