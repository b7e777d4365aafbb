#include "signing/manifest.h"

#include <fmt/format.h>

#include <array>

#include "base/encoding.h"

namespace gh::signing {
namespace {

constexpr std::array<std::string_view, 3> kRoles = {"model", "adapter", "template"};
constexpr std::array<std::string_view, 2> kHashes = {"sha256", "blake2b"};

}  // namespace

std::string_view name(Method method) {
  return method == Method::files ? "files" : "shards";
}

std::string_view name(Role role) {
  return kRoles[static_cast<std::size_t>(role)];
}

std::optional<Role> role_from(std::string_view name) {
  for (std::size_t i = 0; i < kRoles.size(); ++i)
    if (kRoles[i] == name) return static_cast<Role>(i);
  return std::nullopt;
}

std::string_view name(crypto::HashAlgorithm hash) {
  return kHashes[static_cast<std::size_t>(hash)];
}

std::optional<crypto::HashAlgorithm> hash_from(std::string_view name) {
  for (std::size_t i = 0; i < kHashes.size(); ++i)
    if (kHashes[i] == name) return static_cast<crypto::HashAlgorithm>(i);
  return std::nullopt;
}

std::string root_digest(const Manifest& manifest) {
  crypto::RunningDigest root(crypto::HashAlgorithm::sha256);
  for (const SignedFile& file : manifest.files)
    for (const std::string& digest : file.digests) root.update(digest);
  return hex(root.finish());
}

std::string algorithm_of(const Manifest& manifest) {
  const std::string_view hash = name(manifest.hash);
  return manifest.method == Method::files ? std::string(hash)
                                          : fmt::format("{}-sharded-{}", hash, manifest.shard_size);
}

}  // namespace gh::signing
