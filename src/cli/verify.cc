// `gatehouse verify`.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/sign.h"
#include "cli/sign_options.h"
#include "json/json.h"
#include "policy/files.h"
#include "signing/identity.h"
#include "signing/verify.h"

namespace gh::cli {
namespace {

using signing::Reason;
using signing::Verification;

constexpr std::size_t kLargestKey = std::size_t{64} << 10;

Result<signing::Trust> trust_from(const Verify& command) {
  signing::Trust trust;
  for (const std::string& file : command.keys) {
    if (file.starts_with("pkcs11:")) {
      return fail(
          "--key of verify is a file with the public half; docs/signing.md says how a token writes "
          "it");
    }
    const auto pem = policy::read_file(file, kLargestKey);
    if (!pem) return std::unexpected(pem.error());
    auto key = crypto::PublicKey::from_pem(pem->text);
    if (!key) return fail("`{}`: {}", escape(file, 512), key.error().message);
    trust.keys.push_back(*std::move(key));
  }
  auto roots = read_pem_files(command.roots);
  if (!roots) return std::unexpected(roots.error());
  trust.roots = *std::move(roots);
  if (!command.roots.empty()) {
    // Read here, so that a broken file is not taken for a broken signature.
    if (const auto read = crypto::certificates_of(trust.roots); !read) {
      return fail("--certificate-roots: {}", read.error().message);
    }
  }
  for (const std::string& text : command.identities) {
    trust.identities.push_back(signing::parse_identity(text));
  }
  trust.accept_v02 = command.accept_v02;
  return trust;
}

// 1 beats 2: what is known to be wrong is not undecided.
int exit_code(const Verification& result) {
  if (result.verified()) return kFine;
  const bool decided = std::ranges::any_of(result.reasons, [](const Reason& reason) {
    return reason.rule->effect == findings::Effect::finding;
  });
  return decided ? kFindings : kUndecided;
}

std::string_view verdict(const Verification& result) {
  if (result.verified()) return "verified";
  return exit_code(result) == kFindings ? "refused" : "not decided";
}

// The file of --key that a signature was verified with: of several, the person wants to know which.
// "" when it was signed by certificate.
std::string key_file(const Verify& command, const signing::Trust& trust,
                     const signing::Signer& signer) {
  if (signer.certificate_ends) return {};
  const auto used = std::ranges::find(trust.keys, signer.key_id, signing::key_id);
  if (used == trust.keys.end()) return {};
  return command.keys[static_cast<std::size_t>(used - trust.keys.begin())];
}

void write_signer(json::Writer& out, const signing::Signer& signer, const std::string& key_file) {
  out.key("signer").begin_object().member("key", signer.key_id).member("curve", signer.curve);
  if (!key_file.empty()) out.member("key_file", escape(key_file, 4096));
  if (signer.certificate_ends) {
    out.member("identity", escape(signer.identity, 512));
    out.member("subject", escape(signer.subject, 512));
    out.member("certificate_ends", rfc3339(*signer.certificate_ends));
  }
  out.end_object();
}

void write_manifest(json::Writer& out, const signing::Manifest& manifest) {
  out.key("model").begin_object().member("name", escape(manifest.name, 512));
  out.member("root_digest", signing::root_digest(manifest));
  out.member("method", name(manifest.method)).member("hash", signing::name(manifest.hash));
  out.key("files").unsigned_integer(manifest.files.size());
  if (const auto& terms = manifest.terms) {
    if (terms->role) out.member("role", name(*terms->role));
    out.member("not_before", rfc3339(terms->not_before));
    if (terms->expires) out.member("expires", rfc3339(*terms->expires));
    if (!terms->base_digest.empty()) out.member("base_digest", terms->base_digest);
  }
  out.end_object();
}

std::string as_json(const signing::VerifyRequest& request, const Verification& result,
                    const std::string& key_file) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("verified").boolean(result.verified());
  out.member("path", escape(request.path, 4096));
  out.member("signature", escape(request.signature, 4096));
  if (result.signer) write_signer(out, *result.signer, key_file);
  if (result.manifest) write_manifest(out, *result.manifest);
  out.key("files").unsigned_integer(result.files);
  out.key("bytes").unsigned_integer(result.bytes);
  out.key("findings").begin_array();
  for (const Reason& reason : result.reasons) {
    out.begin_object().member("id", reason.rule->id);
    out.member("severity", name(reason.rule->severity)).member("title", reason.rule->title);
    if (!reason.message.empty()) out.member("message", reason.message);
    if (!reason.file.empty()) out.member("file", reason.file);
    out.member("fix", reason.rule->fix).end_object();
  }
  out.end_array().key("notes").begin_array();
  for (const std::string& note : result.notes) out.string(note);
  out.end_array().key("exit").integer(exit_code(result)).end_object();
  return text + "\n";
}

std::string terms_text(const signing::Terms& terms) {
  std::string text = fmt::format("  valid        from {}", rfc3339(terms.not_before));
  text += terms.expires ? fmt::format(" to {}\n", rfc3339(*terms.expires)) : ", without end\n";
  if (terms.role) text += fmt::format("  role         {}\n", name(*terms.role));
  if (!terms.base_digest.empty()) text += fmt::format("  base         {}\n", terms.base_digest);
  return text;
}

// One line per reason, and what to do once per rule.
std::string reasons_text(const signing::VerifyRequest& request, const Verification& result) {
  std::string text;
  std::set<std::string_view> told;
  for (const Reason& reason : result.reasons) {
    const std::string about = reason.file.empty() ? escape(request.signature, 512) : reason.file;
    text += fmt::format("{} {} {}{}{}\n", reason.rule->id, about, reason.rule->title,
                        reason.message.empty() ? "" : ": ", reason.message);
    if (told.insert(reason.rule->id).second) text += fmt::format("    {}\n", reason.rule->fix);
  }
  return text;
}

std::string as_text(const signing::VerifyRequest& request, const Verification& result,
                    const std::string& key_file) {
  std::string text = reasons_text(request, result);
  text += fmt::format("{}: {}", escape(request.path, 512), verdict(result));
  if (const std::size_t count = result.reasons.size(); count > 0) {
    text += fmt::format(", {} reason{}", count, count == 1 ? "" : "s");
  }
  text += '\n';
  if (result.signer) {
    const signing::Signer& signer = *result.signer;
    if (signer.certificate_ends) {
      text += fmt::format("  signed by    {} ({})\n", escape(signer.identity, 512), signer.subject);
    }
    text += fmt::format("  key          {} ({}){}{}\n", signer.key_id, signer.curve,
                        key_file.empty() ? "" : " of ", escape(key_file, 512));
  }
  if (result.manifest) {
    if (!result.manifest->name.empty()) {
      text += fmt::format("  name         {}\n", escape(result.manifest->name, 512));
    }
    text += fmt::format("  root digest  {}\n", signing::root_digest(*result.manifest));
    if (result.manifest->terms) text += terms_text(*result.manifest->terms);
    text += fmt::format("  files        {} of {} as signed, {} hashed\n", result.files,
                        result.manifest->files.size(), shown_bytes(result.bytes));
  }
  for (const std::string& note : result.notes) text += fmt::format("  note: {}\n", note);
  return text;
}

std::string problem_with(const Verify& command) {
  if (command.keys.empty() && command.roots.empty()) {
    return "verify needs somebody to trust: --key FILE, or "
           "--certificate-roots FILE with --identity NAME";
  }
  if (command.roots.empty() != command.identities.empty()) {
    return "--certificate-roots and --identity go together: "
           "roots vouch for many, the identity says who may sign";
  }
  return {};
}

}  // namespace

int run(const Verify& command) {
  if (const std::string problem = problem_with(command); !problem.empty()) {
    return complain(kUsage, problem);
  }
  const auto role = parse_role(command.role);
  if (!role) return complain(kUsage, role.error().message);
  if (const Result<> good = check_base_digest(command.base_digest); !good) {
    return complain(kUsage, good.error().message);
  }
  auto trust = trust_from(command);
  if (!trust) return complain(kUndecided, trust.error().message);

  signing::VerifyRequest request;
  request.path = command.path;
  request.signature = command.signature.empty() ? usual_signature(command.path) : command.signature;
  request.trust = *std::move(trust);
  request.expected = {*role, command.name, command.base_digest};
  request.coverage = command.coverage;
  request.ignore_unsigned_files = command.ignore_unsigned_files;
  request.now = system_clock().wall();
  request.threads = command.threads;
  ProgressLine line(command.quiet);
  request.progress = shown_on(line);
  const auto result = signing::verify(request);
  line.clear();
  if (!result) return complain(kUndecided, result.error().message);
  note_unused(result->unused);
  if (command.quiet && !command.json && result->verified()) return kFine;
  const std::string file =
      result->signer ? key_file(command, request.trust, *result->signer) : std::string();
  return print(exit_code(*result),
               command.json ? as_json(request, *result, file) : as_text(request, *result, file));
}

}  // namespace gh::cli
