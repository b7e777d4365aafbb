#pragma once
// Digests of many files at once, on as many threads as the machine has cores. Command line only.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "signing/manifest.h"
#include "signing/tree.h"

namespace gh::signing {

// Called on the thread that waits, a few times per second: bytes done, bytes in all.
using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

struct HashPlan {
  Method method = Method::files;
  crypto::HashAlgorithm hash = crypto::HashAlgorithm::sha256;
  std::uint64_t shard_size = kUsualShardSize;
  bool allow_symlinks = false;
  unsigned threads = 0;  // 0: one per core
  Progress progress;     // may be empty
};

struct HashedFile {
  enum class Trouble : std::uint8_t { none, unreadable, changed };
  std::vector<std::string> digests;  // raw; of shards none when the file is empty
  Trouble trouble = Trouble::none;
  std::string why;  // of trouble, escaped
};

// One result per entry, in order. Every entry is of Kind::file.
std::vector<HashedFile> hash_files(const Tree& tree, std::span<const Entry> entries,
                                   const HashPlan& plan);

}  // namespace gh::signing
