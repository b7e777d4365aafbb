#pragma once
// What a signature says about a model: which files, with which digests, under which terms
// (docs/formats/manifest.md).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "crypto/digest.h"

namespace gh::signing {

// Bounds of what is read and written.
inline constexpr std::size_t kMostFiles = 100'000;
inline constexpr std::size_t kMostResources = 200'000;
inline constexpr std::size_t kMostBundleBytes = 96U << 20;
inline constexpr std::uint64_t kUsualShardSize = 1'000'000'000;

enum class Method : std::uint8_t {
  files,   // one digest per file
  shards,  // one per `shard_size` bytes of a file, so that one large file keeps every core busy
};
std::string_view name(Method method);

enum class Role : std::uint8_t { model, adapter, chat_template };
std::string_view name(Role role);  // "model", "adapter", "template"
std::optional<Role> role_from(std::string_view name);

std::string_view name(crypto::HashAlgorithm hash);  // "sha256", "blake2b"
std::optional<crypto::HashAlgorithm> hash_from(std::string_view name);

struct SignedFile {
  std::string path;                  // kWhole for a model that is one file
  std::vector<std::string> digests;  // raw; one, or one per shard in order: none of an empty file
  std::uint64_t size = 0;            // bytes; known of shards only
};

// Our own addition: what one valid signature may be used for.
struct Terms {
  std::optional<Role> role;
  WallTime not_before;  // whole seconds, as `expires`
  std::optional<WallTime> expires;
  std::string base_digest;  // root digest of the base model in lower-case hex; "" for none
  // With shards, of which an empty file has none: the paths of the signed files that are empty.
  std::vector<std::string> empty_files = {};
};

struct Manifest {
  std::string name;  // of the model; "" in the form of v0.2
  Method method = Method::files;
  crypto::HashAlgorithm hash = crypto::HashAlgorithm::sha256;
  std::uint64_t shard_size = kUsualShardSize;
  bool allow_symlinks = false;            // said by the signer; nothing here follows it
  std::vector<std::string> ignore_paths;  // likewise
  std::vector<SignedFile> files;          // in listed order
  std::optional<Terms> terms;             // absent when model_signing made it
};

// SHA-256 over the raw digests of all files in listed order, in lower-case hex: what other
// documents call a model by.
std::string root_digest(const Manifest& manifest);

// "sha256", "blake2b", "sha256-sharded-1000000000": what a resource says its digest is.
std::string algorithm_of(const Manifest& manifest);

}  // namespace gh::signing
