#pragma once
// Files that a policy names, looked at with suspicion: regular files only (opening a pipe or a
// device never blocks), of bounded size, and those with secrets closed (secret_mode.h).
// Errors name the path, escaped.

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace gh::policy {

struct FileText {
  std::string text;
  mode_t mode = 0;
};

// At most `most` bytes; a larger file is an error.
Result<FileText> read_file(const std::string& path, std::size_t most);

// Can be opened and is a regular file.
Result<> check_file(const std::string& path);

// The PEM text of such a file with one certificate at least, each of which can be read.
Result<std::string> read_certificates(const std::string& path);

// The content of a closed file without its last newline; empty is an error.
Result<Secret> read_secret_file(const std::string& path);

// The bytes of a secret that belongs to the state (docs/formats/state-directory.md): a closed file
// with exactly 64 hexadecimal digits that chance could have made (weak_secret.h).
inline constexpr std::size_t kStateSecretBytes = 32;
Result<Secret> read_state_secret(const std::string& path);

// Where keys are, below the directory of the state.
inline constexpr std::string_view kKeyDatabase = "/gatehouse.db";

// Something of that name is there, whether it can be read or not. When not, errno has the reason.
bool is_there(const std::string& path);

// A folder, or a link to one.
bool is_folder(const std::string& path);

// `path` itself when absolute, else below `directory`; without "." and "..".
std::string resolve(const std::string& directory, const std::string& path);

}  // namespace gh::policy
