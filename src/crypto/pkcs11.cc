// Keys of tokens. OpenSSL 3 reaches them through a provider named pkcs11 or, what Debian 12 has,
// the older engine of that name (libengine-pkcs11-openssl).

#define OPENSSL_SUPPRESS_DEPRECATED  // engines

#include <openssl/engine.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>

#include <utility>

#include "crypto/held_output.h"
#include "crypto/openssl_owned.h"
#include "crypto/passphrase_bridge.h"
#include "crypto/sign.h"
#include "crypto/token_trouble.h"

namespace gh::crypto {
namespace {

using Store = Owned<OSSL_STORE_CTX, OSSL_STORE_close>;
using StoreInfo = Owned<OSSL_STORE_INFO, OSSL_STORE_INFO_free>;
using Method = Owned<UI_METHOD, UI_destroy_method>;

EVP_PKEY* from_provider(const std::string& uri, const UI_METHOD* method, void* bridge) {
  const Store store(OSSL_STORE_open(uri.c_str(), method, bridge, nullptr, nullptr));
  if (store == nullptr || OSSL_STORE_expect(store.get(), OSSL_STORE_INFO_PKEY) != 1) return nullptr;
  while (OSSL_STORE_eof(store.get()) == 0) {
    const StoreInfo info(OSSL_STORE_load(store.get()));
    if (info == nullptr) {
      if (OSSL_STORE_error(store.get()) != 0) return nullptr;
      continue;
    }
    if (EVP_PKEY* const key = OSSL_STORE_INFO_get1_PKEY(info.get())) return key;
  }
  return nullptr;
}

// The engine stays loaded: the key lives in it until the process ends.
EVP_PKEY* from_engine(ENGINE* engine, const std::string& uri, UI_METHOD* method, void* bridge) {
  return ENGINE_init(engine) == 1 ? ENGINE_load_private_key(engine, uri.c_str(), method, bridge)
                                  : nullptr;
}

}  // namespace

Result<PrivateKey> PrivateKey::from_pkcs11(const std::string& uri, const Passphrase& passphrase) {
  if (uri.contains("pin-value")) {
    return fail("a PIN in a URI is seen by everybody on this machine; leave out `pin-value`");
  }
  PassphraseBridge bridge(passphrase);
  const Method method(UI_UTIL_wrap_read_pem_callback(PassphraseBridge::give, 0));
  if (method == nullptr) return openssl_failure("open a token");
  EVP_PKEY* key = nullptr;
  // The engine prints each of its steps that fails.
  HeldStandardError held;
  bool by_engine = false;
  // The last argument keeps OpenSSL's own providers when this one cannot be loaded.
  // It stays loaded, like the engine.
  if (OSSL_PROVIDER_try_load(nullptr, "pkcs11", 1) != nullptr) {
    key = from_provider(uri, method.get(), &bridge);
  } else if (ENGINE* const engine = ENGINE_by_id("pkcs11")) {
    by_engine = true;
    key = from_engine(engine, uri, method.get(), &bridge);
    ENGINE_free(engine);
  } else {
    ERR_clear_error();
    return fail(
        "OpenSSL has neither a provider nor an engine named pkcs11 (Debian: "
        "libengine-pkcs11-openssl)");
  }
  const std::string said = key == nullptr && by_engine ? held.take() : std::string();
  if (bridge.failure()) {
    ERR_clear_error();
    EVP_PKEY_free(key);
    return std::unexpected(*bridge.failure());
  }
  if (key == nullptr && by_engine) {
    ERR_clear_error();
    return fail("{}", token_trouble(said, bridge.asked()));
  }
  if (key == nullptr) {
    return openssl_failure(bridge.asked() ? "find the private key, or open the token with this PIN"
                                          : "find the private key in the token");
  }
  return owning(key);
}

}  // namespace gh::crypto
