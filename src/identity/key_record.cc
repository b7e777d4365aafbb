#include "identity/key_record.h"

namespace gh::identity {

crypto::Digest key_mac(crypto::Hmac& pepper, std::string_view kid, std::string_view secret) {
  const std::string_view parts[] = {"gatehouse key v1", kid, secret};
  return pepper.mac_framed(parts);
}

}  // namespace gh::identity
