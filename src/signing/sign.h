#pragma once
// Signing a model: list, hash, list again, sign.

#include <string>
#include <vector>

#include "crypto/sign.h"
#include "signing/coverage.h"
#include "signing/hash_files.h"
#include "signing/manifest.h"

namespace gh::signing {

struct SignRequest {
  std::string path;                // a folder or a file
  std::string signature;           // where it will be written: left out of what is signed
  std::vector<std::string> chain;  // DER, the key's own certificate first; none: by key alone
  HashPlan plan;
  Coverage coverage;
  std::string name;  // "": the last part of `path`
  Terms terms;
};

struct SignedModel {
  std::string bundle;  // what belongs into the signature file
  Manifest manifest;
  std::uint64_t bytes = 0;  // hashed
  std::vector<std::string> ignored;
  std::vector<std::string> unused;  // of Coverage::ignored, what names nothing
};

// An error for whatever cannot be signed so that it verifies everywhere: links, devices, names that
// verifiers refuse, files that change meanwhile, a certificate that is not the key's or that
// `verify` refuses.
Result<SignedModel> sign(const SignRequest& request, const crypto::PrivateKey& key);

}  // namespace gh::signing
