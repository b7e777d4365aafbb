#include "policy/secrets.h"

#include <cstdlib>

#include "base/check.h"
#include "base/text.h"
#include "policy/files.h"

namespace gh::policy {

Result<std::string> secret_file(const SecretSource& source, const std::string& directory) {
  GH_DCHECK(source.kind != SecretSource::Kind::environment);
  if (source.kind == SecretSource::Kind::file) return resolve(directory, source.name);
  if (source.name.find('/') != std::string::npos || source.name.starts_with('.')) {
    return fail("`{}` is not the name of a credential; write it as in LoadCredential=",
                escape(source.name, 128));
  }
  // Nothing in this program changes the environment, so that any thread may read it.
  const char* below = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
  if (below == nullptr || *below != '/') {
    return fail("{}: $CREDENTIALS_DIRECTORY is not set; systemd sets it with LoadCredential=",
                shown(source));
  }
  return resolve(below, source.name);
}

std::string shown(const SecretSource& source) {
  using Kind = SecretSource::Kind;
  const std::string_view what = source.kind == Kind::environment  ? "environment variable "
                                : source.kind == Kind::credential ? "credential "
                                                                  : "";
  return fmt::format("{}`{}`", what, escape(source.name, 128));
}

Result<Secret> read_secret(const SecretSource& source, const std::string& directory) {
  if (source.kind == SecretSource::Kind::environment) {
    const char* value =
        std::getenv(source.name.c_str());  // NOLINT(concurrency-mt-unsafe): as above
    if (value == nullptr || *value == '\0') {
      return fail("{} is {}", shown(source), value == nullptr ? "not set" : "empty");
    }
    return Secret(value);
  }
  const auto path = secret_file(source, directory);
  if (!path) return std::unexpected(path.error());
  return read_secret_file(*path);
}

}  // namespace gh::policy
