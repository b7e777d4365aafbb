#include "crypto/terminal.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "crypto/openssl_owned.h"

namespace gh::crypto {

Result<Secret> ask_on_terminal(const std::string& prompt) {
  // Without a terminal OpenSSL would read standard input, which may be anything.
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) {
    return fail(
        "the key needs a passphrase or PIN and there is no terminal to ask on; give "
        "--passphrase-file");
  }
  ::close(terminal);
  char typed[1024] = "";
  const bool read = EVP_read_pw_string(typed, sizeof typed, prompt.c_str(), 0) == 0;
  Secret secret{std::string_view(typed)};
  wipe(typed, sizeof typed);
  if (!read) return openssl_failure("read a passphrase");
  return secret;
}

}  // namespace gh::crypto
