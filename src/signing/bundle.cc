#include "signing/bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "base/base64.h"
#include "base/text.h"
#include "json/json.h"
#include "signing/manifest.h"

namespace gh::signing {
namespace {

using json::Value;

constexpr std::string_view kMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
constexpr std::string_view kPayloadTypeText = "application/vnd.in-toto+json";
constexpr std::size_t kDeepest = 16;
constexpr std::size_t kMostCertificates = 16;
constexpr std::size_t kLargestCertificate = std::size_t{64} << 10;
constexpr std::size_t kLargestSignature = 1024;

std::unexpected<Reason> refuse(const Rule& rule, std::string message) {
  return std::unexpected(Reason{&rule, std::move(message), ""});
}

// A member of `object` that is not among `known`; "" when there is none.
std::string stranger(Value object, std::initializer_list<std::string_view> known) {
  for (const auto [key, value] : object.members())
    if (std::ranges::find(known, key) == known.end()) return escape(key, 64);
  return {};
}

std::expected<std::string, Reason> bytes_of(Value value, std::string_view what, std::size_t most) {
  if (!value.is_string()) return refuse(kNoBundle, fmt::format("`{}` is not a string", what));
  auto bytes = unbase64(value.string());
  if (!bytes) return refuse(kNoBundle, fmt::format("`{}` is not canonical base64", what));
  if (bytes->empty()) return refuse(kNoBundle, fmt::format("`{}` is empty", what));
  if (bytes->size() > most) {
    return refuse(kNoBundle, fmt::format("`{}` has more than {} bytes", what, most));
  }
  return *std::move(bytes);
}

std::expected<void, Reason> read_chain(Value chain, Bundle& bundle) {
  const Value certificates = chain["certificates"];
  if (!stranger(chain, {"certificates"}).empty() || !certificates.is_array() ||
      certificates.size() == 0 || certificates.size() > kMostCertificates) {
    return refuse(kNoBundle, fmt::format("`x509CertificateChain` is not a list of 1 to {} "
                                         "certificates",
                                         kMostCertificates));
  }
  for (const Value certificate : certificates.elements()) {
    auto der = bytes_of(certificate["rawBytes"], "rawBytes", kLargestCertificate);
    if (!der) return std::unexpected(der.error());
    bundle.chain.push_back(*std::move(der));
  }
  return {};
}

std::expected<void, Reason> read_key(Value key, Bundle& bundle) {
  // `rawBytes` and `keyDetails`, before v1.1, are a key that anybody can put there: not looked at.
  if (const std::string name = stranger(key, {"hint", "rawBytes", "keyDetails"}); !name.empty()) {
    return refuse(kNoBundle, fmt::format("`publicKey` has an unknown field `{}`", name));
  }
  const Value hint = key["hint"];
  if (!key.is_object() || (hint.exists() && !hint.is_string() && !hint.is_null())) {
    return refuse(kNoBundle, "`publicKey` is not understood");
  }
  if (hint.is_string()) bundle.hint = hint.string();
  return {};
}

std::expected<void, Reason> read_material(Value material, Bundle& bundle) {
  if (!material.is_object()) return refuse(kNoBundle, "there is no `verificationMaterial`");
  const Value log = material["tlogEntries"];
  const Value stamps = material["timestampVerificationData"];
  if (material["certificate"].exists() || log.size() > 0 || stamps.size() > 0) {
    return refuse(kSigstore, "the bundle carries a Sigstore certificate or log entries");
  }
  const std::string name = stranger(
      material, {"publicKey", "x509CertificateChain", "tlogEntries", "timestampVerificationData"});
  if (!name.empty()) {
    return refuse(kNoBundle, fmt::format("`verificationMaterial` has an unknown field `{}`", name));
  }
  if ((log.exists() && !log.is_array() && !log.is_null()) ||
      (stamps.exists() && !stamps.is_object() && !stamps.is_null())) {
    return refuse(kNoBundle, "`verificationMaterial` is not understood");
  }
  const Value key = material["publicKey"];
  const Value chain = material["x509CertificateChain"];
  if (key.exists() == chain.exists()) {
    return refuse(kNoBundle, "there is not exactly one of `publicKey` and `x509CertificateChain`");
  }
  return key.exists() ? read_key(key, bundle) : read_chain(chain, bundle);
}

std::expected<void, Reason> read_envelope(Value envelope, Bundle& bundle) {
  if (!envelope.is_object()) return refuse(kNoBundle, "there is no `dsseEnvelope`");
  if (const auto name = stranger(envelope, {"payload", "payloadType", "signatures"});
      !name.empty()) {
    return refuse(kNoBundle, fmt::format("`dsseEnvelope` has an unknown field `{}`", name));
  }
  const Value type = envelope["payloadType"];
  if (!type.is_string() || type.string() != kPayloadTypeText) {
    return refuse(kPayloadType,
                  type.is_string() ? fmt::format("`payloadType` is `{}`", escape(type.string(), 64))
                                   : "there is no `payloadType`");
  }
  const Value signatures = envelope["signatures"];
  if (!signatures.is_array() || signatures.size() != 1) {
    return refuse(kSignatureCount, signatures.is_array()
                                       ? fmt::format("it holds {} signatures", signatures.size())
                                       : "it has no list of signatures");
  }
  const Value only = *signatures.elements().begin();
  const Value id = only["keyid"];
  if (!stranger(only, {"sig", "keyid"}).empty() ||
      (id.exists() && !id.is_string() && !id.is_null())) {
    return refuse(kNoBundle, "the signature is not understood");
  }
  auto signature = bytes_of(only["sig"], "sig", kLargestSignature);
  if (!signature) return std::unexpected(signature.error());
  auto payload = bytes_of(envelope["payload"], "payload", kMostBundleBytes);
  if (!payload) return std::unexpected(payload.error());
  bundle.signature = *std::move(signature);
  bundle.payload = *std::move(payload);
  return {};
}

// bytes.__repr__ of Python 3.
std::string python_text(std::string_view bytes) {
  const char quote = bytes.contains('\'') && !bytes.contains('"') ? '"' : '\'';
  std::string text = {'b', quote};
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      text += {'\\', c};
    } else if (c == '\t') {
      text += "\\t";
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\r') {
      text += "\\r";
    } else if (byte < 0x20 || byte >= 0x7f) {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text += c;
    }
  }
  return text + quote;
}

}  // namespace

std::expected<Bundle, Reason> read_bundle(std::string_view json) {
  json::Parser parser({.depth = kDeepest, .values = 10'000});
  const auto document = parser.parse(json);
  if (!document) return refuse(kNoBundle, document.error().message);
  const Value root = document->root();
  if (!root.is_object()) return refuse(kNoBundle, "it is not a JSON object");
  if (const auto name = stranger(root, {"mediaType", "verificationMaterial", "dsseEnvelope"});
      !name.empty()) {
    return refuse(kNoBundle, fmt::format("it has an unknown field `{}`", name));
  }
  const Value type = root["mediaType"];
  if (!type.is_string() || type.string() != kMediaType) {
    return refuse(kNoBundle, fmt::format("its `mediaType` is not `{}`", kMediaType));
  }
  Bundle bundle;
  if (const auto read = read_material(root["verificationMaterial"], bundle); !read) {
    return std::unexpected(read.error());
  }
  if (const auto read = read_envelope(root["dsseEnvelope"], bundle); !read) {
    return std::unexpected(read.error());
  }
  return bundle;
}

std::string write_bundle(const Bundle& bundle) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("mediaType", kMediaType);
  out.key("verificationMaterial").begin_object();
  if (bundle.chain.empty()) {
    out.key("publicKey").begin_object().member("hint", bundle.hint).end_object();
  } else {
    out.key("x509CertificateChain").begin_object().key("certificates").begin_array();
    for (const std::string& der : bundle.chain) {
      out.begin_object().member("rawBytes", base64(der)).end_object();
    }
    out.end_array().end_object();
  }
  out.key("tlogEntries").begin_array().end_array().end_object();
  out.key("dsseEnvelope").begin_object();
  out.member("payload", base64(bundle.payload)).member("payloadType", kPayloadTypeText);
  out.key("signatures").begin_array().begin_object();
  out.member("sig", base64(bundle.signature)).member("keyid", "");
  out.end_object().end_array().end_object().end_object();
  return text;
}

std::string signed_bytes(std::string_view payload) {
  return fmt::format("DSSEv1 {} {} {} {}", kPayloadTypeText.size(), kPayloadTypeText,
                     payload.size(), payload);
}

std::string signed_bytes_of_v02(std::string_view payload) {
  return fmt::format("DSSEV1 {} {} {} {}", kPayloadTypeText.size(), kPayloadTypeText,
                     payload.size(), python_text(payload));
}

}  // namespace gh::signing
