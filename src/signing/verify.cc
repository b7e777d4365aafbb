#include "signing/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "signing/names.h"
#include "signing/statement.h"

namespace gh::signing {
namespace {

Result<std::string> read_signature(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT)
    return fail("there is no signature `{}`; --signature names one elsewhere", escape(path, 512));
  if (file.get() < 0) return fail("cannot open `{}`: {}", escape(path, 512), errno_text(errno));
  const Result<FileState> state = state_of(file.get());
  if (!state) return fail("cannot read `{}`: {}", escape(path, 512), state.error().message);
  if (state->size > kMostBundleBytes) {
    return fail("`{}` has more than {} bytes", escape(path, 512), kMostBundleBytes);
  }
  std::string text(state->size, '\0');
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t got =
        ::pread(file.get(), text.data() + at, text.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail("cannot read `{}`", escape(path, 512));
    at += static_cast<std::size_t>(got);
  }
  return text;
}

// Compares the files on disk with those of a manifest that is trusted by now.
class Comparison {
 public:
  Comparison(const Tree& tree, const VerifyRequest& request, Verification& result)
      : tree_(tree), request_(request), result_(result), manifest_(*result.manifest) {}

  Result<> run() {
    ListingOptions options = listing_options(request_.coverage, request_.signature);
    // What is signed is verified: a path that holds signed files is not ignored.
    std::erase_if(options.ignored, [this](const std::string& ignored) {
      return std::ranges::any_of(manifest_.files, [&ignored](const SignedFile& file) {
        return is_or_is_below(file.path, ignored);
      });
    });
    const Result<Listing> before = tree_.list(options);
    if (!before) return std::unexpected(before.error());
    result_.unused = unused(request_.coverage, *before);
    match(*before);
    hash();
    const Result<Listing> after = tree_.list(options);
    if (!after) return std::unexpected(after.error());
    notice_changes(*before, *after);
    for (const std::string& path : before->ignored) {
      result_.notes.push_back(
          fmt::format("`{}` was ignored and is not covered", escape(path, 512)));
    }
    return {};
  }

 private:
  void refuse(const Rule& rule, std::string message, std::string_view path) {
    result_.reasons.push_back({&rule, std::move(message), escape(path, 512)});
  }

  // Sorts what is there into what will be hashed, what is too much, and what is missing.
  void match(const Listing& listing) {
    std::unordered_map<std::string_view, const Entry*> there;
    for (const Entry& entry : listing.entries) there.emplace(entry.path, &entry);
    std::unordered_map<std::string_view, const SignedFile*> listed;
    for (const SignedFile& file : manifest_.files) {
      listed.emplace(file.path, &file);
      const auto found = there.find(file.path);
      if (found == there.end()) {
        refuse(kMissing, "", file.path);
      } else if (found->second->kind == Entry::Kind::file) {
        compare_size(*found->second, file);
      } else {
        no_plain_file(*found->second);
      }
    }
    for (const Entry& entry : listing.entries) {
      if (!listed.contains(entry.path)) extra(entry);
    }
  }

  // Of shards the size is signed. A file of another is not hashed: cut into the signer's shards,
  // one that somebody made huge would take memory without end.
  void compare_size(const Entry& entry, const SignedFile& file) {
    if (manifest_.method == Method::shards && entry.state.size != file.size) {
      return refuse(kContent,
                    fmt::format("it has {} bytes, signed were {}", entry.state.size, file.size),
                    entry.path);
    }
    expected_.push_back(&file);
    entries_.push_back(entry);
  }

  void no_plain_file(const Entry& entry) {
    switch (entry.kind) {
      case Entry::Kind::link:
        return refuse(kNoPlainFile, "a symbolic link", entry.path);
      case Entry::Kind::unreadable:
        return refuse(kUnreadable, "", entry.path);
      case Entry::Kind::other:
      case Entry::Kind::file:
        return refuse(kNoPlainFile, "a device, socket or pipe", entry.path);
    }
  }

  void extra(const Entry& entry) {
    if (request_.ignore_unsigned_files) {
      ++unsigned_;
      return;
    }
    if (entry.kind != Entry::Kind::file) return no_plain_file(entry);
    const auto& suggested = manifest_.ignore_paths;
    const bool named = std::ranges::find(suggested, entry.path) != suggested.end();
    const bool beside_shards = manifest_.method == Method::shards && !manifest_.terms;
    refuse(kExtra,
           named ? "the signer ignored it, which counts only with `--ignore`"
           : beside_shards && entry.state.size == 0
               ? "it is empty, and the shards of model_signing cover no empty file; with "
                 "`--ignore` it may be there"
               : "",
           entry.path);
  }

  void hash() {
    HashPlan plan;
    plan.method = manifest_.method;
    plan.hash = manifest_.hash;
    plan.shard_size = manifest_.shard_size;
    plan.allow_symlinks = request_.coverage.allow_symlinks;
    plan.threads = request_.threads;
    plan.progress = request_.progress;
    const std::vector<HashedFile> hashed = hash_files(tree_, entries_, plan);
    for (std::size_t i = 0; i < hashed.size(); ++i) judge(entries_[i], *expected_[i], hashed[i]);
  }

  void judge(const Entry& entry, const SignedFile& expected, const HashedFile& found) {
    if (found.trouble == HashedFile::Trouble::unreadable) {
      return refuse(kUnreadable, found.why, entry.path);
    }
    if (found.trouble == HashedFile::Trouble::changed)
      return refuse(kChanged, found.why, entry.path);
    result_.bytes += entry.state.size;
    if (found.digests == expected.digests) {
      ++result_.files;
      return;
    }
    refuse(kContent, "", entry.path);
  }

  void notice_changes(const Listing& before, const Listing& after) {
    if (unsigned_ > 0) {
      result_.notes.push_back(fmt::format("{} unsigned {} ignored", unsigned_,
                                          unsigned_ == 1 ? "file was" : "files were"));
    }
    if (before.entries == after.entries) return;
    std::unordered_map<std::string_view, const Entry*> was;
    for (const Entry& entry : before.entries) was.emplace(entry.path, &entry);
    for (const Entry& entry : after.entries) {
      const auto found = was.find(entry.path);
      const bool same = found != was.end() && *found->second == entry;
      if (!same) refuse(kChanged, found == was.end() ? "it was added" : "", entry.path);
      if (found != was.end()) was.erase(found);
    }
    for (const auto& [path, entry] : was) refuse(kChanged, "it was removed", path);
  }

  const Tree& tree_;
  const VerifyRequest& request_;
  Verification& result_;
  const Manifest& manifest_;
  std::vector<Entry> entries_;               // those to hash
  std::vector<const SignedFile*> expected_;  // beside `entries_`
  std::size_t unsigned_ = 0;
};

}  // namespace

Verification verify_bundle(std::string_view text, const VerifyRequest& request) {
  Verification result;
  const auto bundle = read_bundle(text);
  if (!bundle) {
    result.reasons.push_back(bundle.error());
    return result;
  }
  SignatureCheck check = check_signature(*bundle, request.trust);
  result.reasons = std::move(check.reasons);
  if (!check.signer) return result;
  result.signer = std::move(check.signer);
  if (result.signer->certificate_ends && *result.signer->certificate_ends < request.now) {
    result.notes.push_back(
        fmt::format("the certificate ended at {}; it was checked as of its first day, because no "
                    "time of signing is proven",
                    rfc3339(*result.signer->certificate_ends)));
  }
  if (const auto begins = result.signer->certificate_begins;
      begins && request.now + kClockSkew < *begins) {
    result.reasons.push_back(
        {&kNotYet, fmt::format("its certificate begins at {}", rfc3339(*begins)), ""});
  }
  auto manifest = read_statement(bundle->payload, request.trust.accept_v02);
  if (!manifest) {
    result.reasons.push_back(manifest.error());
    return result;
  }
  result.manifest = *std::move(manifest);
  std::ranges::move(check_terms(*result.manifest, request.expected, request.now),
                    std::back_inserter(result.reasons));
  return result;
}

Result<Verification> verify(const VerifyRequest& request) {
  // The model first: of one that is not there, no signature is to be missed.
  const Result<Tree> tree = Tree::open(request.path);
  if (!tree) return std::unexpected(tree.error());
  const Result<std::string> text = read_signature(request.signature);
  if (!text) return std::unexpected(text.error());
  Verification result = verify_bundle(*text, request);
  if (!result.manifest) return result;
  if (const Result<> compared = Comparison(*tree, request, result).run(); !compared) {
    return std::unexpected(compared.error());
  }
  return result;
}

}  // namespace gh::signing
