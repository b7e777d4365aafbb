#include "signing/statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "base/encoding.h"
#include "base/text.h"
#include "json/json.h"
#include "signing/names.h"
#include "signing/terms.h"

namespace gh::signing {
namespace {

using json::Value;

constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
constexpr std::string_view kPredicate = "https://model_signing/signature/v1.0";
constexpr std::string_view kPredicateOfV02 = "https://model_signing/Digests/v0.1";
constexpr std::size_t kDeepest = 16;
constexpr std::size_t kMostIgnored = 10'000;
constexpr std::uint64_t kLargestShard = std::uint64_t{1} << 40;

std::unexpected<Reason> refuse(const Rule& rule, std::string message, std::string file = {}) {
  return std::unexpected(Reason{&rule, std::move(message), std::move(file)});
}
std::unexpected<Reason> malformed(std::string message) {
  return refuse(kStatement, std::move(message));
}

std::string text_of(Value value) {
  return value.is_string() ? std::string(value.string()) : std::string();
}

// Signers that go through protobuf write numbers as doubles.
std::optional<std::uint64_t> whole_number(Value value) {
  if (!value.is_number()) return std::nullopt;
  if (const auto number = value.int64()) {
    return *number >= 0 ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
  }
  const double real = value.number();
  if (!(real >= 0 && real <= 9e15) ||
      real != static_cast<double>(static_cast<std::uint64_t>(real))) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(real);
}

std::expected<void, Reason> read_serialization(Value said, Manifest& manifest) {
  const std::string method = text_of(said["method"]);
  const std::string hash = text_of(said["hash_type"]);
  if (method != "files" && method != "shards") return malformed("`method` is unknown");
  manifest.method = method == "files" ? Method::files : Method::shards;
  if (hash == "blake3") return refuse(kHash, "its files are hashed with BLAKE3");
  const auto known = hash_from(hash);
  if (!known) return malformed("`hash_type` is unknown");
  manifest.hash = *known;
  if (manifest.method == Method::shards) {
    const auto size = whole_number(said["shard_size"]);
    if (!size || *size == 0 || *size > kLargestShard) return malformed("`shard_size` is no size");
    manifest.shard_size = *size;
  }
  const Value symlinks = said["allow_symlinks"];
  manifest.allow_symlinks = symlinks.is_bool() && symlinks.boolean();
  const Value ignored = said["ignore_paths"];
  if (ignored.exists() && !ignored.is_array()) return malformed("`ignore_paths` is not a list");
  if (ignored.size() > kMostIgnored) return refuse(kTooMany, "it ignores more than 10000 paths");
  for (const Value path : ignored.elements()) {
    if (!path.is_string()) return malformed("`ignore_paths` holds something else than strings");
    manifest.ignore_paths.emplace_back(path.string());
  }
  return {};
}

struct Shard {
  std::string_view path;
  std::uint64_t begin;
  std::uint64_t end;
};

// A number in its one decimal form: no sign, no leading zero.
std::optional<std::uint64_t> decimal(std::string_view text) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && fmt::to_string(number) == text ? std::optional(number)
                                                                : std::nullopt;
}

// "path:begin:end".
std::optional<Shard> shard_from(std::string_view name) {
  const auto parts = split(name, ':');
  if (parts.size() != 3) return std::nullopt;
  const auto begin = decimal(parts[1]);
  const auto end = decimal(parts[2]);
  if (!begin || !end) return std::nullopt;
  return Shard{parts[0], *begin, *end};
}

// Adds to the last file when it goes on; else it is the beginning of the next.
std::expected<void, Reason> add_shard(std::string_view name, std::string digest,
                                      Manifest& manifest) {
  const auto shard = shard_from(name);
  const std::string shown = escape(name, 512);
  if (!shard) return refuse(kName, "is not of the form path:begin:end", shown);
  const bool goes_on = !manifest.files.empty() && manifest.files.back().path == shard->path;
  if (!goes_on) manifest.files.push_back({std::string(shard->path), {}, 0});
  SignedFile& file = manifest.files.back();
  // Every shard but the last is full: so a next one begins only at a full one's end.
  const bool fits = shard->begin == file.size && shard->begin % manifest.shard_size == 0 &&
                    shard->end > shard->begin && shard->end - shard->begin <= manifest.shard_size;
  if (!fits) return refuse(kStatement, "shards leave a gap, overlap or have another size", shown);
  file.size = shard->end;
  file.digests.push_back(std::move(digest));
  return {};
}

std::expected<std::string, Reason> digest_from(Value value, std::size_t size) {
  auto digest = value.is_string() ? unhex(value.string()) : std::nullopt;
  if (!digest || digest->size() != size) {
    return malformed(fmt::format("a digest is not {} bytes in hexadecimal", size));
  }
  return *std::move(digest);
}

std::expected<void, Reason> read_resources(Value resources, Manifest& manifest) {
  if (!resources.is_array()) return malformed("there is no list of resources");
  if (resources.size() > kMostResources) {
    return refuse(kTooMany, fmt::format("it lists more than {} resources", kMostResources));
  }
  const std::string algorithm = algorithm_of(manifest);
  for (const Value resource : resources.elements()) {
    const Value path = resource["name"];
    if (!path.is_string()) return malformed("a resource has no name");
    if (text_of(resource["algorithm"]) != algorithm) {
      return refuse(kStatement, fmt::format("its algorithm is not `{}`", algorithm),
                    escape(path.string(), 512));
    }
    auto digest = digest_from(resource["digest"], crypto::digest_size(manifest.hash));
    if (!digest) return std::unexpected(digest.error());
    if (manifest.method == Method::files) {
      manifest.files.push_back({std::string(path.string()), {*std::move(digest)}, 0});
    } else if (const auto added = add_shard(path.string(), *std::move(digest), manifest); !added) {
      return std::unexpected(added.error());
    }
  }
  return {};
}

// The form of v0.2: no predicate to speak of, each file a subject.
std::expected<void, Reason> read_subjects_as_files(Value subjects, Manifest& manifest) {
  if (subjects.size() > kMostFiles) {
    return refuse(kTooMany, fmt::format("it lists more than {} files", kMostFiles));
  }
  for (const Value subject : subjects.elements()) {
    const Value path = subject["name"];
    if (!path.is_string()) return malformed("a subject has no name");
    const Value how = subject["annotations"]["actual_hash_algorithm"];
    if (how.exists() && text_of(how) != "file-sha256") {
      return refuse(kHash, "its digest is not the SHA-256 of a file", escape(path.string(), 512));
    }
    auto digest = digest_from(subject["digest"]["sha256"], 32);
    if (!digest) return std::unexpected(digest.error());
    manifest.files.push_back({std::string(path.string()), {*std::move(digest)}, 0});
  }
  return {};
}

std::expected<void, Reason> check_names(const Manifest& manifest) {
  if (manifest.files.empty()) return malformed("it lists no file");
  if (manifest.files.size() > kMostFiles) {
    return refuse(kTooMany, fmt::format("it lists more than {} files", kMostFiles));
  }
  const bool whole = manifest.files.size() == 1 && manifest.files.front().path == kWhole;
  std::unordered_set<std::string> seen;
  for (const SignedFile& file : manifest.files) {
    const std::string_view problem = whole ? std::string_view() : problem_of(file.path);
    if (!problem.empty()) return refuse(kName, std::string(problem), escape(file.path, 512));
    if (!seen.insert(folded(file.path)).second) {
      return refuse(kSameName, "is listed twice, or beside one that differs in case only",
                    escape(file.path, 512));
    }
  }
  return {};
}

std::expected<void, Reason> read_v1(Value statement, Manifest& manifest) {
  const Value subjects = statement["subject"];
  const Value subject = subjects.size() == 1 ? *subjects.elements().begin() : Value();
  if (!subject["name"].is_string()) return malformed("it does not name exactly one subject");
  manifest.name = subject["name"].string();
  const auto claimed = digest_from(subject["digest"]["sha256"], 32);
  if (!claimed) return std::unexpected(claimed.error());
  const Value predicate = statement["predicate"];
  if (const auto read = read_serialization(predicate["serialization"], manifest); !read) {
    return std::unexpected(read.error());
  }
  if (const auto read = read_resources(predicate["resources"], manifest); !read) {
    return std::unexpected(read.error());
  }
  if (root_digest(manifest) != hex(*claimed)) {
    return refuse(kRootDigest, fmt::format("it claims {}, its list has {}", hex(*claimed),
                                           root_digest(manifest)));
  }
  if (const Value terms = predicate["gatehouse"]; terms.exists()) {
    auto read = read_terms(terms);
    if (!read) return malformed(read.error().message);
    manifest.terms = *std::move(read);
    if (manifest.method == Method::files && !manifest.terms->empty_files.empty())
      return malformed("its terms name empty files, and there are no shards");
    for (const std::string& path : manifest.terms->empty_files)
      manifest.files.push_back({path, {}, 0});
  }
  return {};
}

}  // namespace

std::expected<Manifest, Reason> read_statement(std::string_view payload, bool accept_v02) {
  json::Parser parser({.depth = kDeepest, .values = 8 * kMostResources});
  const auto document = parser.parse(payload);
  if (!document) return malformed(document.error().message);
  const Value statement = document->root();
  if (text_of(statement["_type"]) != kStatementType) {
    return malformed(fmt::format("its `_type` is not `{}`", kStatementType));
  }
  const Value subjects = statement["subject"];
  if (!subjects.is_array()) return malformed("it has no list of subjects");
  const std::string predicate = text_of(statement["predicateType"]);
  Manifest manifest;
  std::expected<void, Reason> read;
  if (predicate == kPredicate) {
    read = read_v1(statement, manifest);
  } else if (predicate == kPredicateOfV02 && accept_v02) {
    read = read_subjects_as_files(subjects, manifest);
  } else if (predicate == kPredicateOfV02) {
    return refuse(kOldSignature, "its manifest is in the form of 0.2");
  } else {
    return malformed(fmt::format("its `predicateType` is not `{}`", kPredicate));
  }
  if (read) read = check_names(manifest);
  if (!read) return std::unexpected(read.error());
  return manifest;
}

std::string write_statement(const Manifest& manifest) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("_type", kStatementType);
  out.key("subject").begin_array().begin_object().member("name", manifest.name);
  out.key("digest").begin_object().member("sha256", root_digest(manifest)).end_object();
  out.end_object().end_array().member("predicateType", kPredicate);
  out.key("predicate").begin_object();
  out.key("serialization").begin_object().member("method", name(manifest.method));
  out.member("hash_type", name(manifest.hash));
  if (manifest.method == Method::shards) {
    out.key("shard_size").unsigned_integer(manifest.shard_size);
  }
  out.key("allow_symlinks").boolean(manifest.allow_symlinks);
  out.key("ignore_paths").begin_array();
  for (const std::string& path : manifest.ignore_paths) out.string(path);
  out.end_array().end_object().key("resources").begin_array();
  const std::string algorithm = algorithm_of(manifest);
  for (const SignedFile& file : manifest.files) {
    std::uint64_t begin = 0;
    for (const std::string& digest : file.digests) {
      const std::uint64_t end = std::min(begin + manifest.shard_size, file.size);
      const std::string resource = manifest.method == Method::files
                                       ? file.path
                                       : fmt::format("{}:{}:{}", file.path, begin, end);
      out.begin_object().member("name", resource).member("algorithm", algorithm);
      out.member("digest", hex(digest)).end_object();
      begin = end;
    }
  }
  out.end_array();
  if (manifest.terms) write_terms(*manifest.terms, out.key("gatehouse"));
  out.end_object().end_object();
  return text;
}

}  // namespace gh::signing
