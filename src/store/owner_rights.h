#pragma once
// Root at work in another user's directory. That user may have left a link there, or a journal that
// names a file to delete: root would follow. So the thread that looks after the directory gets the
// owner's rights to files, and loses root's, until it is done.

#include <sys/stat.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "base/error.h"

namespace gh::store {

// Whose the files of a directory are to be.
struct Owner {
  uid_t user = 0;
  gid_t group = 0;

  // Of a directory, by what fstat says of it. The group is the user's own, where the system knows
  // the user.
  static Owner of(const struct stat& directory);
};

// Of the thread that takes them, from then until this is destroyed by the same thread: who opens,
// makes, deletes or renames a file is that user, without any further group. Other threads keep what
// they have. Nothing is taken, and nothing changes, for another user than root and where root is
// the owner.
class OwnerRights {
 public:
  static Result<OwnerRights> take(Owner owner);
  OwnerRights(OwnerRights&& other) noexcept;
  OwnerRights(const OwnerRights&) = delete;
  OwnerRights& operator=(const OwnerRights&) = delete;
  OwnerRights& operator=(OwnerRights&&) = delete;
  ~OwnerRights();

  // Whether there was something to take.
  bool held() const { return held_; }

 private:
  OwnerRights() = default;

  bool held_ = false;
  uid_t user_ = 0;  // of before, as are the next ones
  gid_t group_ = 0;
  std::vector<gid_t> groups_;
  int dumpable_ = 0;
};

}  // namespace gh::store
