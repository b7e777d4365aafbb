#include "signing/rules.h"

#include <array>

namespace gh::signing {

std::span<const Rule* const> rules() {
  static constexpr std::array kAll = {
      &kNoBundle,   &kSigstore,    &kSignatureCount, &kPayloadType, &kSignature,    &kHint,
      &kSignerKind, &kChain,       &kUsage,          &kIdentity,    &kOldSignature, &kStatement,
      &kRootDigest, &kName,        &kSameName,       &kHash,        &kTooMany,      &kExpired,
      &kNotYet,     &kRole,        &kModelName,      &kBase,        &kContent,      &kMissing,
      &kExtra,      &kNoPlainFile, &kChanged,        &kUnreadable};
  return kAll;
}

}  // namespace gh::signing
