#include "cli/sign_options.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>

#include "base/text.h"
#include "cli/output.h"
#include "crypto/terminal.h"
#include "policy/files.h"
#include "signing/terms.h"

namespace gh::cli {
namespace {

constexpr std::size_t kLargestPem = std::size_t{4} << 20;

}  // namespace

std::string usual_signature(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) {
    return path + (path.ends_with('/') ? "model.sig" : "/model.sig");
  }
  return path + ".sig";
}

Result<std::optional<signing::Role>> parse_role(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto role = signing::role_from(text);
  if (!role) return fail("--role `{}`: there is model, adapter and template", escape(text, 64));
  return role;
}

Result<> check_base_digest(const std::string& text) {
  if (text.empty() || signing::is_root_digest(text)) return {};
  return fail(
      "--base-digest `{}`: it is the root digest that `gatehouse verify` prints of the base model, "
      "64 digits of lower-case hexadecimal",
      escape(text, 80));
}

crypto::PrivateKey::Passphrase passphrase_from(const std::string& file, std::string_view what) {
  return [file, prompt = std::string(what)]() -> Result<Secret> {
    if (!file.empty()) return policy::read_secret_file(file);
    return crypto::ask_on_terminal(prompt);
  };
}

Result<std::string> read_pem_files(const std::vector<std::string>& files) {
  std::string all;
  for (const std::string& file : files) {
    const auto read = policy::read_file(file, kLargestPem);
    if (!read) return std::unexpected(read.error());
    all += read->text;
    if (!all.empty() && all.back() != '\n') all += '\n';
  }
  return all;
}

void note_unused(const std::vector<std::string>& ignored) {
  for (const std::string& path : ignored) {
    note(fmt::format("--ignore `{}` names nothing that is there; it is a path inside the model",
                     escape(path, 512)));
  }
}

signing::Progress shown_on(ProgressLine& line) {
  return [&line](std::uint64_t done, std::uint64_t all) {
    line.show(fmt::format("{} of {} hashed", shown_bytes(done), shown_bytes(all)));
  };
}

std::string shown_bytes(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"bytes", "kB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < std::size(kUnits); ++unit) value /= 1000;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace gh::cli
