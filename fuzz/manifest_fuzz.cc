// gh-link: gh_signing
// Any bytes are a signature bundle, a statement, or a reason. What is read keeps every promise that
// opening files relies on, and is read again as it is written.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "base/check.h"
#include "base/text.h"
#include "signing/bundle.h"
#include "signing/names.h"
#include "signing/statement.h"
#include "signing/terms.h"
#include "signing/verify.h"

namespace {

using gh::signing::Manifest;
using gh::signing::Reason;

void check_reason(const Reason& reason) {
  GH_CHECK(reason.rule != nullptr);
  for (const std::string& text : {reason.message, reason.file}) {
    GH_CHECK(gh::is_utf8(text));
    GH_CHECK(
        std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
  }
}

void check_manifest(const Manifest& manifest) {
  GH_CHECK(!manifest.files.empty());
  std::set<std::string> names;
  for (const gh::signing::SignedFile& file : manifest.files) {
    const bool whole = file.path == gh::signing::kWhole && manifest.files.size() == 1;
    GH_CHECK(whole || gh::signing::problem_of(file.path).empty());
    GH_CHECK(names.insert(gh::signing::folded(file.path)).second);
    GH_CHECK(!file.digests.empty());
    for (const std::string& digest : file.digests) {
      GH_CHECK(digest.size() == gh::crypto::digest_size(manifest.hash));
    }
    if (manifest.method == gh::signing::Method::shards) {
      const std::uint64_t full = (file.digests.size() - 1) * manifest.shard_size;
      GH_CHECK(file.size > full && file.size <= full + manifest.shard_size);
    } else {
      GH_CHECK(file.digests.size() == 1);
    }
  }
}

void check_statement(std::string_view text) {
  for (const bool accept_v02 : {false, true}) {
    const auto read = gh::signing::read_statement(text, accept_v02);
    if (!read) {
      check_reason(read.error());
      continue;
    }
    check_manifest(*read);
    for (const Reason& reason : gh::signing::check_terms(*read, {}, {})) check_reason(reason);
    const auto again = gh::signing::read_statement(gh::signing::write_statement(*read), false);
    GH_CHECK(again && gh::signing::root_digest(*again) == gh::signing::root_digest(*read));
  }
}

void check_bundle(std::string_view text) {
  const auto bundle = gh::signing::read_bundle(text);
  if (!bundle) {
    check_reason(bundle.error());
  } else {
    const auto again = gh::signing::read_bundle(gh::signing::write_bundle(*bundle));
    GH_CHECK(again && again->payload == bundle->payload && again->chain == bundle->chain);
    check_statement(bundle->payload);
  }
  // Nobody is trusted, so nothing is.
  const auto verification = gh::signing::verify_bundle(text, {});
  GH_CHECK(!verification.verified() && !verification.manifest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_bundle(text);
  check_statement(text);
  if (const auto bytes = gh::unbase64(text)) {
    GH_CHECK(gh::base64(*bytes) == text);
  }
  return 0;
}
