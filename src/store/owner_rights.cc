#include "store/owner_rights.h"

#include <linux/securebits.h>
#include <pwd.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace gh::store {
namespace {

constexpr gid_t kNoGroup = 65534;  // of every Linux

// A user whom the system does not know may be a container's: then the directory's group is theirs.
// Never root's, which is that of any directory that root has made for somebody.
gid_t group_of(uid_t user, gid_t group_of_directory) {
  std::array<char, 16'384> text{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, text.data(), text.size(), &found) == 0 && found != nullptr) {
    return found->pw_gid;
  }
  return group_of_directory == 0 ? kNoGroup : group_of_directory;
}

// Of this thread. The library's function is for all threads at once.
bool set_groups(const std::vector<gid_t>& groups) {
  return ::syscall(SYS_setgroups, groups.size(), groups.data()) == 0;
}

std::vector<gid_t> groups_now() {
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<std::size_t>(std::max(count, 0)));
  return groups;
}

// Neither call reports a failure; asked for what is no id, they tell what is in force.
bool set_file_user(uid_t user) {
  ::setfsuid(user);
  return ::setfsuid(static_cast<uid_t>(-1)) == static_cast<int>(user);
}

bool set_file_group(gid_t group) {
  ::setfsgid(group);
  return ::setfsgid(static_cast<gid_t>(-1)) == static_cast<int>(group);
}

// With this bit the file user changes, and root's capabilities stay.
bool keeps_capabilities() {
  const int bits = ::prctl(PR_GET_SECUREBITS);
  return bits < 0 || (bits & SECBIT_NO_SETUID_FIXUP) != 0;
}

}  // namespace

Owner Owner::of(const struct stat& directory) {
  if (::geteuid() != 0 || directory.st_uid == 0) return {directory.st_uid, directory.st_gid};
  return {directory.st_uid, group_of(directory.st_uid, directory.st_gid)};
}

Result<OwnerRights> OwnerRights::take(Owner owner) {
  OwnerRights rights;
  if (::geteuid() != 0 || owner.user == 0) return rights;
  rights.user_ = static_cast<uid_t>(::setfsuid(static_cast<uid_t>(-1)));
  rights.group_ = static_cast<gid_t>(::setfsgid(static_cast<gid_t>(-1)));
  rights.groups_ = groups_now();
  // The kernel sets this anew whenever the file user changes.
  rights.dumpable_ = ::prctl(PR_GET_DUMPABLE);
  rights.held_ = true;  // what is taken halfway is given back
  if (keeps_capabilities() || !(rights.groups_.empty() || set_groups({})) ||
      !set_file_group(owner.group) || !set_file_user(owner.user)) {
    return fail(
        "the state directory belongs to user {0}, whose rights root cannot take on here; run this "
        "as user {0}",
        owner.user);
  }
  ::prctl(PR_SET_DUMPABLE, rights.dumpable_);
  return rights;
}

OwnerRights::OwnerRights(OwnerRights&& other) noexcept
    : held_(std::exchange(other.held_, false)),
      user_(other.user_),
      group_(other.group_),
      groups_(std::move(other.groups_)),
      dumpable_(other.dumpable_) {}

// What fails here leaves the thread fewer rights, never more.
OwnerRights::~OwnerRights() {
  if (!held_) return;
  ::setfsuid(user_);
  ::setfsgid(group_);
  if (!groups_.empty()) set_groups(groups_);
  ::prctl(PR_SET_DUMPABLE, dumpable_);
}

}  // namespace gh::store
