#include "signing/sign.h"

#include <filesystem>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "crypto/chain.h"
#include "signing/bundle.h"
#include "signing/names.h"
#include "signing/statement.h"
#include "signing/terms.h"
#include "signing/trust.h"

namespace gh::signing {
namespace {

namespace fs = std::filesystem;

std::string last_part(const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  return error ? std::string() : whole.filename().string();
}

// Where the signature is, seen from inside the model; "" when it is outside.
std::string place_of_signature(const std::string& model, const std::string& signature) {
  std::error_code error;
  const fs::path root = fs::canonical(model, error);
  const fs::path file = fs::weakly_canonical(signature, error);
  const std::string relative = error ? std::string() : file.lexically_relative(root).string();
  return relative.empty() || relative == "." || relative.starts_with("..") ? std::string()
                                                                           : relative;
}

Result<> check_entry(const Entry& entry, Method method) {
  const std::string shown = escape(entry.path, 512);
  switch (entry.kind) {
    case Entry::Kind::link:
      return fail("`{}` is a symbolic link; --allow-symlinks signs what links to files lead to",
                  shown);
    case Entry::Kind::other:
      return fail("`{}` is neither a file nor a folder", shown);
    case Entry::Kind::unreadable:
      return fail("`{}` cannot be read", shown);
    case Entry::Kind::file:
      break;
  }
  if (entry.path == kWhole) return {};
  if (const auto problem = problem_of(entry.path); !problem.empty()) {
    return fail("`{}` {}, so no verifier would take it", shown, problem);
  }
  if (method == Method::shards && entry.path.contains(':')) {
    return fail("`{}` has a colon, which separates shards; sign it with --method files", shown);
  }
  return {};
}

Result<> check_entries(const std::vector<Entry>& entries, Method method) {
  std::unordered_set<std::string> seen;
  for (const Entry& entry : entries) {
    if (const Result<> good = check_entry(entry, method); !good) return good;
    if (!seen.insert(folded(entry.path)).second) {
      return fail("`{}` differs from another name in case only", escape(entry.path, 512));
    }
  }
  return {};
}

Result<> check_certificate(const SignRequest& request, const crypto::PrivateKey& key) {
  if (request.chain.empty()) return {};
  const auto leaf = crypto::read_signing_certificate(request.chain.front());
  if (!leaf) return std::unexpected(leaf.error());
  if (!(leaf->key == key.public_key())) return fail("the certificate belongs to another key");
  if (!leaf->may_sign) return fail("the certificate is not for signing (digitalSignature)");
  if (leaf->fulcio) {
    return fail(
        "the certificate was issued by Sigstore's Fulcio; such signatures are not verified");
  }
  if (request.terms.not_before + kClockSkew < leaf->not_before) {
    return fail("the certificate begins at {}, the signature before it; give --not-before",
                rfc3339(leaf->not_before));
  }
  return {};
}

Manifest describe(const SignRequest& request, const ListingOptions& options) {
  Manifest manifest;
  manifest.name = request.name.empty() ? last_part(request.path) : request.name;
  manifest.method = request.plan.method;
  manifest.hash = request.plan.hash;
  manifest.shard_size = request.plan.shard_size;
  manifest.allow_symlinks = request.coverage.allow_symlinks;
  manifest.ignore_paths = options.ignored;
  const std::string place = place_of_signature(request.path, request.signature);
  if (!place.empty()) manifest.ignore_paths.push_back(place);
  manifest.terms = request.terms;
  return manifest;
}

}  // namespace

Result<SignedModel> sign(const SignRequest& request, const crypto::PrivateKey& key) {
  if (const Result<> good = check_certificate(request, key); !good) {
    return std::unexpected(good.error());
  }
  const Result<Tree> tree = Tree::open(request.path);
  if (!tree) return std::unexpected(tree.error());
  const ListingOptions options = listing_options(request.coverage, request.signature);
  const Result<Listing> listing = tree->list(options);
  if (!listing) return std::unexpected(listing.error());
  if (const Result<> good = check_entries(listing->entries, request.plan.method); !good) {
    return std::unexpected(good.error());
  }

  SignedModel made;
  made.manifest = describe(request, options);
  made.ignored = listing->ignored;
  made.unused = unused(request.coverage, *listing);
  if (!is_utf8(made.manifest.name)) return fail("the name of the model is not UTF-8; give --name");
  std::vector<HashedFile> hashed = hash_files(*tree, listing->entries, request.plan);
  for (std::size_t i = 0; i < hashed.size(); ++i) {
    const Entry& entry = listing->entries[i];
    if (hashed[i].trouble != HashedFile::Trouble::none) {
      return fail("`{}` could not be hashed: {}", escape(entry.path, 512), hashed[i].why);
    }
    made.bytes += entry.state.size;
    if (hashed[i].digests.empty()) made.manifest.terms->empty_files.push_back(entry.path);
    made.manifest.files.push_back({entry.path, std::move(hashed[i].digests), entry.state.size});
  }
  if (made.manifest.files.size() == made.manifest.terms->empty_files.size()) {
    return fail("there is nothing to sign in it");
  }
  const Result<Listing> after = tree->list(options);
  if (!after || *after != *listing) return fail("files changed while they were hashed");

  Bundle bundle;
  bundle.payload = write_statement(made.manifest);
  // What we would refuse to verify is not worth a signature.
  if (const auto read = read_statement(bundle.payload, false); !read) {
    return fail("this cannot be signed: {}", read.error().message);
  }
  Result<std::string> signature = key.sign(signed_bytes(bundle.payload));
  if (!signature) return std::unexpected(signature.error());
  bundle.signature = *std::move(signature);
  bundle.chain = request.chain;
  bundle.hint = key_id(key.public_key());
  made.bundle = write_bundle(bundle);
  return made;
}

}  // namespace gh::signing
