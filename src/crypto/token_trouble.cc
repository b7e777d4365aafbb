#include "crypto/token_trouble.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gh::crypto {
namespace {

constexpr std::string_view kPinOfOurs =
    "the token does not take this PIN; after a few wrong ones it locks itself";
// The engine of Debian 12 (0.4.12) takes the whole first line, with its end.
constexpr std::string_view kPinOfUri =
    "the token does not take the PIN of `pin-source`, whose file must hold the PIN and nothing "
    "else, no newline either; without `pin-source` the PIN is asked, or read from "
    "--passphrase-file";

// In the order of the steps: the last line alone says only that there was no key.
struct Known {
  std::string_view said;
  std::string_view told;  // "" for a PIN
};
constexpr Known kKnown[] = {
    {"Unable to load module",
     "the token's module cannot be loaded; the environment's PKCS11_MODULE_PATH has to name it: "
     "/usr/lib/softhsm/libsofthsm2.so, say"},
    {"not a valid PKCS#11 URI",
     "the URI is not understood; write pkcs11:token=…;object=…;type=private, with the token's "
     "label and the key's"},
    {"No matching initialized token",
     "no token is as the URI says; to see those there are: pkcs11-tool --module "
     "\"$PKCS11_MODULE_PATH\" --list-token-slots"},
    {"Login failed", ""},
    {"Login to token failed", ""},
    {"private key was not found",
     "the token has no private key as the URI says; to see those there are: pkcs11-tool --module "
     "\"$PKCS11_MODULE_PATH\" --login --list-objects --type privkey"},
};

}  // namespace

std::string token_trouble(std::string_view said, bool asked) {
  for (const Known& known : kKnown) {
    if (!said.contains(known.said)) continue;
    return std::string(!known.told.empty() ? known.told : asked ? kPinOfOurs : kPinOfUri);
  }
  while (said.ends_with('\n')) said.remove_suffix(1);
  if (said.empty()) return "the token gives no private key";
  return fmt::format("the token gives no private key; its engine says: {}", escape(said, 300));
}

}  // namespace gh::crypto
