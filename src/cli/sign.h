#pragma once
// `gatehouse sign PATH` and `gatehouse verify PATH`. Exit codes of sign: 0 signed, 2 for what
// cannot be read, signed or written, 64 for a word on the command line that cannot be meant; of
// verify: 0 verified, 1 refused, 2 could not decide, 64.

#include <cstdint>
#include <string>
#include <vector>

#include "signing/coverage.h"
#include "signing/manifest.h"

namespace gh::cli {

struct Sign {
  std::string path;
  std::string key;                 // a file, or "pkcs11:…"
  std::string passphrase_file;     // "": asked on the terminal, when the key needs one
  std::string certificate;         // "": signed by key alone
  std::vector<std::string> chain;  // files with further certificates
  std::string signature;           // "": PATH/model.sig, of a file PATH.sig
  bool replace = false;
  std::string method = "files";
  std::uint64_t shard_size = signing::kUsualShardSize;
  std::string hash = "sha256";
  signing::Coverage coverage;
  std::string name;
  std::string role;
  std::string not_before;  // "": now
  std::string expires;     // "90d", "2027-01-31", RFC 3339; "": never
  std::string base_digest;
  unsigned threads = 0;
  bool json = false;
  bool quiet = false;  // nothing when it is done
};

struct Verify {
  std::string path;
  std::vector<std::string> keys;   // files
  std::vector<std::string> roots;  // files
  std::vector<std::string> identities;
  std::string signature;  // as for Sign
  signing::Coverage coverage;
  bool ignore_unsigned_files = false;
  bool accept_v02 = false;
  std::string name;
  std::string role;
  std::string base_digest;
  unsigned threads = 0;
  bool json = false;
  bool quiet = false;  // nothing when all holds
};

int run(const Sign& command);
int run(const Verify& command);

}  // namespace gh::cli
