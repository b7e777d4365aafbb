#include "cli/find_key.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"

namespace gh::cli {

std::expected<store::KeyStore, int> open_keys(const policy::Snapshot& policy) {
  const store::StatePaths paths = {policy.state_directory, policy.pepper_file,
                                   policy.salt_key_file};
  // Opening a store that is not there would make it.
  if (!store::KeyStore::exists(paths)) {
    return std::unexpected(
        complain(kFindings, fmt::format("there is no key: nobody made one in `{}`, or its database "
                                        "is gone",
                                        escape(paths.directory, 512))));
  }
  auto keys = store::KeyStore::open(paths);
  if (!keys) return std::unexpected(complain(kUndecided, keys.error().message));
  return *std::move(keys);
}

std::expected<identity::KeyRecord, int> find_key(const store::KeyStore& keys,
                                                 const std::string& handle) {
  auto key = keys.find(handle);
  if (!key) return std::unexpected(complain(kUndecided, key.error().message));
  if (!*key && handle.starts_with("gh_")) {
    // Not repeated: it is a secret, or nearly one.
    return std::unexpected(complain(
        kFindings, "a key is named by its id, kid or tenant/name, never by the whole of it"));
  }
  if (!*key) {
    return std::unexpected(complain(
        kFindings,
        fmt::format("there is no key `{}`; name it by id, kid or tenant/name", escape(handle))));
  }
  return std::move(**key);
}

}  // namespace gh::cli
