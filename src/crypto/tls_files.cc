#include "crypto/tls_files.h"

#include <openssl/pem.h>

#include <string>

#include "base/text.h"
#include "crypto/chain.h"
#include "crypto/openssl_owned.h"

namespace gh::crypto {
namespace {

// What a file of another kind seems to be, to stand behind "holds no …".
std::string instead(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  const std::size_t at = text.find(kBegin);
  if (at == std::string_view::npos) {
    return text.empty() ? "it is empty" : "it is no PEM text (`-----BEGIN …`)";
  }
  const std::string_view label = text.substr(at + kBegin.size(), 40);
  return fmt::format("it has a {}", escape(label.substr(0, label.find("-----")), 40));
}

Key read_key(std::string_view pem) {
  const Bio in = reader_of(pem);
  if (in == nullptr) return nullptr;
  return Key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
}

}  // namespace

Result<> check_certificates(std::string_view pem) {
  if (!pem.contains("CERTIFICATE-----")) return fail("holds no certificate; {}", instead(pem));
  if (const auto all = certificates_of(pem); !all) {
    return fail("holds a certificate that cannot be read; {}", all.error().message);
  }
  return {};
}

Result<> check_private_key(std::string_view pem) {
  if (!pem.contains("PRIVATE KEY-----")) return fail("holds no private key; {}", instead(pem));
  const Key key = read_key(pem);
  ERR_clear_error();
  if (key != nullptr) return {};
  if (pem.contains("ENCRYPTED")) {
    return fail("holds an encrypted key; write it without a passphrase: openssl pkey -in … -out …");
  }
  return fail("holds a private key that cannot be read");
}

Result<> check_pair(std::string_view certificate_pem, std::string_view key_pem) {
  const Bio in = reader_of(certificate_pem);
  if (in == nullptr) return openssl_failure("read a certificate");
  const Certificate certificate(PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr));
  const Key key = read_key(key_pem);
  const bool fits = certificate != nullptr && key != nullptr &&
                    X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!fits) return fail("is not the key of the certificate");
  return {};
}

}  // namespace gh::crypto
