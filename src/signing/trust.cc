#include "signing/trust.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "signing/identity.h"

namespace gh::signing {
namespace {

enum class Signed : std::uint8_t { no, yes, as_in_v02 };

Signed signed_by(const crypto::PublicKey& key, const Bundle& bundle) {
  if (key.verifies(signed_bytes(bundle.payload), bundle.signature)) return Signed::yes;
  // With certificates, v0.2 took SHA-256 for every curve.
  const std::string old = signed_bytes_of_v02(bundle.payload);
  const bool as_old =
      key.verifies(old, bundle.signature) || key.verifies_with_sha256(old, bundle.signature);
  return as_old ? Signed::as_in_v02 : Signed::no;
}

Signer signer_of(const crypto::PublicKey& key, Signed how) {
  Signer signer;
  signer.key_id = key_id(key);
  signer.curve = name(key.curve());
  signer.v02 = how == Signed::as_in_v02;
  return signer;
}

std::string shown(const std::vector<crypto::Identity>& identities) {
  std::vector<std::string> escaped;
  for (const crypto::Identity& each : identities) {
    escaped.push_back("`" + escape(text_of(each)) + "`");
  }
  return identities.empty() ? "nobody" : fmt::format("{}", fmt::join(escaped, ", "));
}

class Checker {
 public:
  Checker(const Bundle& bundle, const Trust& trust) : bundle_(bundle), trust_(trust) {}

  SignatureCheck run() && {
    if (bundle_.chain.empty()) {
      by_key();
    } else {
      by_certificate();
    }
    if (!check_.reasons.empty()) check_.signer.reset();
    return std::move(check_);
  }

 private:
  void refuse(const Rule& rule, std::string message) {
    check_.reasons.push_back({&rule, std::move(message), ""});
  }

  void accept(Signer signer) {
    if (signer.v02 && !trust_.accept_v02)
      refuse(kOldSignature, "it signs the bytes that 0.2 signed");
    check_.signer = std::move(signer);
  }

  void by_key() {
    if (trust_.keys.empty())
      return refuse(kSignerKind, "it is signed by a key, and none was given");
    for (const crypto::PublicKey& key : trust_.keys) {
      const Signed how = signed_by(key, bundle_);
      if (how == Signed::no) continue;
      if (!bundle_.hint.empty() && bundle_.hint != key_id(key)) {
        refuse(kHint, fmt::format("it names `{}`, the signature is by {}", escape(bundle_.hint, 80),
                                  key_id(key)));
      }
      return accept(signer_of(key, how));
    }
    const bool known = std::ranges::any_of(
        trust_.keys, [&](const crypto::PublicKey& key) { return key_id(key) == bundle_.hint; });
    refuse(kSignature,
           known
               ? "it names a key that was given, but that key did not sign these bytes"
               : fmt::format("{} signed it; it names {}",
                             trust_.keys.size() == 1 ? "another key than the one that was given"
                                                     : "none of the keys that were given",
                             bundle_.hint.empty() ? "none" : "`" + escape(bundle_.hint, 80) + "`"));
  }

  void by_certificate() {
    if (trust_.roots.empty()) {
      return refuse(kSignerKind, "it is signed by certificate, and no roots were given");
    }
    const auto leaf = crypto::read_signing_certificate(bundle_.chain.front());
    if (!leaf) return refuse(kChain, leaf.error().message);
    if (leaf->fulcio) return refuse(kSigstore, "its certificate was issued by Fulcio");
    if (const auto chained = crypto::check_chain(bundle_.chain, trust_.roots); !chained) {
      refuse(kChain, chained.error().message);
    }
    if (!leaf->may_sign) refuse(kUsage, fmt::format("it is `{}`", leaf->subject));
    const auto identity = std::ranges::find_first_of(trust_.identities, leaf->identities);
    if (identity == trust_.identities.end()) {
      refuse(kIdentity, fmt::format("expected {}, the certificate says {}",
                                    shown(trust_.identities), shown(leaf->identities)));
    }
    const Signed how = signed_by(leaf->key, bundle_);
    if (how == Signed::no) {
      return refuse(kSignature, "the key of its certificate did not sign these bytes");
    }
    Signer signer = signer_of(leaf->key, how);
    if (identity != trust_.identities.end()) signer.identity = text_of(*identity);
    signer.subject = leaf->subject;
    signer.certificate_begins = leaf->not_before;
    signer.certificate_ends = leaf->not_after;
    accept(std::move(signer));
  }

  const Bundle& bundle_;
  const Trust& trust_;
  SignatureCheck check_;
};

}  // namespace

std::string key_id(const crypto::PublicKey& key) {
  return hex(crypto::view(crypto::sha256(key.pem())));
}

SignatureCheck check_signature(const Bundle& bundle, const Trust& trust) {
  return Checker(bundle, trust).run();
}

}  // namespace gh::signing
