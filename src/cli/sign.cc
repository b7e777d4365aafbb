// `gatehouse sign`.

#include "cli/sign.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/encoding.h"
#include "base/fd.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/key_options.h"
#include "cli/output.h"
#include "cli/sign_options.h"
#include "crypto/chain.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "policy/files.h"
#include "signing/bundle.h"
#include "signing/manifest.h"
#include "signing/sign.h"
#include "signing/trust.h"

namespace gh::cli {
namespace {

std::unexpected<Error> is_there_already(const std::string& path) {
  return fail("`{}` is there already; --replace writes over it", escape(path, 512));
}

// What is written is beside the place first.
std::string name_beside(const std::string& path) {
  return fmt::format("{}.{}", path, base62(crypto::random_bytes(8)));
}

Fd make_new(const std::string& path) {
  return Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
}

// Gives a file another name, which nothing may have.
int move_to_new(const std::string& from, const std::string& to) {
  const int moved = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (moved == 0 || errno != EINVAL) return moved;
  // A file system that has no such rename.
  if (::link(from.c_str(), to.c_str()) != 0) return -1;
  ::unlink(from.c_str());
  return 0;
}

// A file of the model that was named by mistake must not become its signature.
Result<> check_place(const std::string& path, bool replace) {
  if (!policy::is_there(path)) return {};
  if (!replace) return is_there_already(path);
  const auto there = policy::read_file(path, signing::kMostBundleBytes);
  if (!there) return std::unexpected(there.error());
  const auto bundle = signing::read_bundle(there->text);
  if (bundle || bundle.error().rule != &signing::kNoBundle) return {};
  return fail("`{}` is no signature, so --replace does not write over it: {}", escape(path, 512),
              bundle.error().message);
}

// Known before a large model is hashed for nothing. A model that is not there is a better reason.
Result<> check_writable(const std::string& path, const std::string& model) {
  if (!policy::is_there(model)) return {};
  const std::string beside = name_beside(path);
  if (!make_new(beside).valid()) {
    const int error = errno;
    return fail("cannot write `{}`: {}", escape(path, 512), errno_text(error));
  }
  ::unlink(beside.c_str());
  return {};
}

// Renamed into its place when it is whole: nobody sees half a signature. What has come there since
// it was looked at is as safe as what was there before.
Result<> write_file(const std::string& path, std::string_view content, bool replace) {
  if (const Result<> good = check_place(path, replace); !good) return good;
  const std::string beside = name_beside(path);
  Fd fd = make_new(beside);
  if (fd.valid() && write_all(fd.get(), content) && ::fsync(fd.get()) == 0 &&
      ::close(fd.release()) == 0 &&
      (replace ? ::rename(beside.c_str(), path.c_str()) : move_to_new(beside, path)) == 0) {
    return {};
  }
  const int error = errno;
  ::unlink(beside.c_str());
  if (error == EEXIST) return is_there_already(path);
  return fail("cannot write `{}`: {}", escape(path, 512), errno_text(error));
}

WallTime whole_second(WallTime time) {
  return {time.seconds() * 1'000'000'000};
}

Result<signing::Terms> terms_from(const Sign& command, WallTime now) {
  signing::Terms terms;
  const auto role = parse_role(command.role);
  if (!role) return std::unexpected(role.error());
  terms.role = *role;
  if (const Result<> good = check_base_digest(command.base_digest); !good) {
    return std::unexpected(good.error());
  }
  terms.base_digest = command.base_digest;
  terms.not_before = whole_second(now);
  if (!command.not_before.empty()) {
    const auto begin = parse_expiry(command.not_before, now);
    if (!begin || !*begin) {
      return fail(
          "--not-before `{}`: write a coming day like 2027-01-31, or a time like "
          "2027-01-31T12:00:00Z",
          escape(command.not_before, 64));
    }
    terms.not_before = whole_second(**begin);
  }
  if (!command.expires.empty()) {
    const auto end = parse_expiry(command.expires, now);
    if (!end) return std::unexpected(end.error());
    if (*end) terms.expires = whole_second(**end);
  }
  if (terms.expires && *terms.expires <= terms.not_before) {
    return fail("--expires is not after --not-before");
  }
  return terms;
}

Result<crypto::PrivateKey> key_from(const Sign& command) {
  if (command.key.starts_with("pkcs11:")) {
    return crypto::PrivateKey::from_pkcs11(command.key,
                                           passphrase_from(command.passphrase_file, "PIN: "));
  }
  const Result<Secret> pem = policy::read_secret_file(command.key);
  if (!pem) return std::unexpected(pem.error());
  auto key = crypto::PrivateKey::from_pem(
      pem->reveal(), passphrase_from(command.passphrase_file,
                                     fmt::format("Passphrase of {}: ", escape(command.key, 512))));
  if (!key) return fail("`{}`: {}", escape(command.key, 512), key.error().message);
  return key;
}

Result<std::vector<std::string>> chain_from(const Sign& command) {
  if (command.certificate.empty()) return std::vector<std::string>();
  std::vector<std::string> files = {command.certificate};
  files.insert(files.end(), command.chain.begin(), command.chain.end());
  const Result<std::string> pem = read_pem_files(files);
  if (!pem) return std::unexpected(pem.error());
  auto chain = crypto::certificates_of(*pem);
  if (!chain) return fail("--certificate: {}", chain.error().message);
  return chain;
}

std::string signed_json(const std::string& file, const signing::SignedModel& made,
                        const crypto::PrivateKey& key) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("signature", escape(file, 4096));
  out.member("name", escape(made.manifest.name, 512));
  out.member("root_digest", signing::root_digest(made.manifest));
  out.member("key", signing::key_id(key.public_key()));
  out.key("files").unsigned_integer(made.manifest.files.size());
  out.key("bytes").unsigned_integer(made.bytes);
  out.key("not_covered").begin_array();
  for (const std::string& path : made.ignored) out.string(escape(path, 512));
  out.end_array().end_object();
  return text + "\n";
}

std::string signed_text(const std::string& file, const signing::SignedModel& made,
                        const crypto::PrivateKey& key) {
  const std::size_t count = made.manifest.files.size();
  std::string text = fmt::format("{}: {} {} signed, {}\n", escape(file, 512), count,
                                 count == 1 ? "file" : "files", shown_bytes(made.bytes));
  text += fmt::format("  name         {}\n", escape(made.manifest.name, 512));
  text += fmt::format("  root digest  {}\n", signing::root_digest(made.manifest));
  text += fmt::format("  key          {} ({})\n", signing::key_id(key.public_key()),
                      name(key.public_key().curve()));
  for (const std::string& path : made.ignored) {
    text += fmt::format("  note: `{}` is ignored and not signed\n", escape(path, 512));
  }
  return text;
}

}  // namespace

int run(const Sign& command) {
  const auto terms = terms_from(command, system_clock().wall());
  if (!terms) return complain(kUsage, terms.error().message);
  if (command.certificate.empty() && !command.chain.empty()) {
    return complain(kUsage, "--certificate-chain goes with --certificate");
  }
  if (command.method != "shards" && command.shard_size != Sign().shard_size) {
    return complain(kUsage, "--shard-size goes with --method shards");
  }
  signing::SignRequest request;
  request.path = command.path;
  request.signature = command.signature.empty() ? usual_signature(command.path) : command.signature;
  if (const Result<> good = check_place(request.signature, command.replace); !good) {
    return complain(kUndecided, good.error().message);
  }
  const auto key = key_from(command);
  if (!key) return complain(kUndecided, key.error().message);
  auto chain = chain_from(command);
  if (!chain) return complain(kUndecided, chain.error().message);
  if (const Result<> good = check_writable(request.signature, command.path); !good) {
    return complain(kUndecided, good.error().message);
  }
  request.chain = *std::move(chain);
  request.plan.method =
      command.method == "shards" ? signing::Method::shards : signing::Method::files;
  request.plan.hash = signing::hash_from(command.hash).value_or(crypto::HashAlgorithm::sha256);
  request.plan.shard_size = command.shard_size;
  request.plan.allow_symlinks = command.coverage.allow_symlinks;
  request.plan.threads = command.threads;
  ProgressLine line(command.quiet);
  request.plan.progress = shown_on(line);
  request.coverage = command.coverage;
  request.name = command.name;
  request.terms = *terms;

  const auto made = signing::sign(request, *key);
  line.clear();
  if (!made) return complain(kUndecided, made.error().message);
  note_unused(made->unused);
  if (const Result<> written = write_file(request.signature, made->bundle, command.replace);
      !written) {
    return complain(kUndecided, written.error().message);
  }
  if (command.quiet && !command.json) return kFine;
  return print(kFine, command.json ? signed_json(request.signature, *made, *key)
                                   : signed_text(request.signature, *made, *key));
}

}  // namespace gh::cli
