#pragma once
// Verifying a model: signature, statement, terms, then every file.

#include <optional>
#include <string>
#include <vector>

#include "signing/coverage.h"
#include "signing/hash_files.h"
#include "signing/terms.h"
#include "signing/trust.h"

namespace gh::signing {

struct VerifyRequest {
  std::string path;       // a folder or a file
  std::string signature;  // the signature file
  Trust trust;
  Expected expected;
  Coverage coverage;
  bool ignore_unsigned_files = false;
  WallTime now;
  unsigned threads = 0;  // 0: one per core
  Progress progress;
};

struct Verification {
  std::vector<Reason> reasons;  // none: verified
  // What to know all the same: ignored paths, an expired certificate.
  std::vector<std::string> notes;
  std::vector<std::string> unused;   // of Coverage::ignored, what names nothing
  std::optional<Signer> signer;      // when the signature is good
  std::optional<Manifest> manifest;  // when its statement is, too
  std::size_t files = 0;             // that are as they were signed
  std::uint64_t bytes = 0;           // hashed

  bool verified() const { return reasons.empty(); }
};

// Whether these bytes hold a good signature by somebody trusted, on terms that hold now; of the
// files nothing is looked at. What an untrusted signature says is not reported.
Verification verify_bundle(std::string_view text, const VerifyRequest& request);

// All of it. An error when the signature file or the folder cannot be read at all.
Result<Verification> verify(const VerifyRequest& request);

}  // namespace gh::signing
