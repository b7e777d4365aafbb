#pragma once
// What `sign` and `verify` share: words and files of the command line, and the line of progress.

#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "cli/progress.h"
#include "cli/sign.h"
#include "crypto/sign.h"
#include "signing/hash_files.h"

namespace gh::cli {

// PATH/model.sig for a folder, PATH.sig for a file.
std::string usual_signature(const std::string& path);

// "" is none.
Result<std::optional<signing::Role>> parse_role(const std::string& text);
Result<> check_base_digest(const std::string& text);

// From a file, or from the terminal without echo.
crypto::PrivateKey::Passphrase passphrase_from(const std::string& file, std::string_view what);

// All files one after the other.
Result<std::string> read_pem_files(const std::vector<std::string>& files);

// Says on standard error which paths of --ignore name nothing.
void note_unused(const std::vector<std::string>& ignored);

// `line` outlives it.
signing::Progress shown_on(ProgressLine& line);

// "3.2 GB".
std::string shown_bytes(std::uint64_t bytes);

}  // namespace gh::cli
