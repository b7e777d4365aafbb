#pragma once
// Secrets that a policy names but never holds.

#include <optional>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "policy/section.h"

namespace gh::policy {

// The file that a source means: itself, relative to `directory`, or the systemd credential below
// $CREDENTIALS_DIRECTORY (systemd.exec(5)). Not for variables.
Result<std::string> secret_file(const SecretSource& source, const std::string& directory);

// For a message about what it holds: "`secrets/vllm`", "environment variable `KEY`".
std::string shown(const SecretSource& source);

// What a source holds, without the last newline. Files must be closed to group and others.
Result<Secret> read_secret(const SecretSource& source, const std::string& directory);

}  // namespace gh::policy
