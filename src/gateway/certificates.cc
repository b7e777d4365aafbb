#include "gateway/certificates.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "base/text.h"
#include "crypto/certificate.h"
#include "policy/files.h"

namespace gh::gateway {
namespace {

enum class Side { listener, admin };

Result<std::shared_ptr<const net::TlsServer>> load(const std::optional<policy::Listener::Tls>& tls,
                                                   Side side) {
  if (!tls) return nullptr;
  // As at the start: regular files (to open a pipe would wait for its writer), and the key closed.
  for (const std::string& file : {tls->certificate_file, tls->client_ca_file}) {
    if (file.empty()) continue;
    if (auto regular = policy::check_file(file); !regular) return std::unexpected(regular.error());
  }
  if (const auto key = policy::read_secret_file(tls->key_file); !key) {
    return std::unexpected(key.error());
  }
  return net::TlsServer::load({.certificate_file = tls->certificate_file,
                               .key_file = tls->key_file,
                               .client_ca_file = tls->client_ca_file,
                               .client_required = tls->client_required,
                               .allow_tls12 = tls->allow_tls12,
                               .offer_h2 = side == Side::listener});
}

void append_state(std::string& text, const std::optional<policy::Listener::Tls>& tls) {
  if (!tls) return;
  for (const std::string* file : {&tls->certificate_file, &tls->key_file, &tls->client_ca_file}) {
    struct stat info{};
    if (!file->empty()) stat(file->c_str(), &info);
    // When it changed, not when it was written: who may read it is put right after that.
    text += fmt::format("{}:{}:{}.{};", info.st_ino, info.st_size, info.st_ctim.tv_sec,
                        info.st_ctim.tv_nsec);
  }
}

}  // namespace

std::string certificate_fingerprint(const policy::Snapshot& snapshot) {
  std::string text;
  for (const policy::Listener& listener : snapshot.listeners) append_state(text, listener.tls);
  if (snapshot.admin) append_state(text, snapshot.admin->tls);
  return text;
}

Result<Certificates> Certificates::load(const policy::Snapshot& snapshot) {
  // The fingerprint first: a file that changes while it is read is found changed at the next look.
  Certificates all;
  all.fingerprint = certificate_fingerprint(snapshot);
  all.loaded = system_clock().mono();
  for (const policy::Listener& listener : snapshot.listeners) {
    auto server = gateway::load(listener.tls, Side::listener);
    if (!server) return std::unexpected(server.error());
    all.listeners.push_back(std::move(*server));
  }
  if (snapshot.admin) {
    auto server = gateway::load(snapshot.admin->tls, Side::admin);
    if (!server) return std::unexpected(server.error());
    all.admin = std::move(*server);
  }
  return all;
}

bool CertificateRenewal::due(const Certificates& in_force, const std::string& files, MonoTime now) {
  const bool is_due = files != in_force.fingerprint || now - in_force.loaded >= kTicketKeyLife;
  if (!is_due) told_.clear();  // over by itself: the files are the old ones again
  return is_due;
}

bool CertificateRenewal::failed(const std::string& files, const std::string& message) {
  if (told_files_ == files && told_ == message) return false;
  told_files_ = files;
  told_ = message;
  return true;
}

bool CertificateRenewal::loaded() {
  return !std::exchange(told_, {}).empty();
}

std::vector<std::string> CertificateDates::look(const policy::Snapshot& snapshot,
                                                const Certificates& certificates, WallTime now) {
  std::map<std::string, std::string> found;
  const auto add = [&](const std::optional<policy::Listener::Tls>& tls,
                       const std::shared_ptr<const net::TlsServer>& server) {
    if (!tls || server == nullptr) return;
    std::string fault = crypto::validity_fault(server->begins(), server->expires(), now);
    if (!fault.empty()) found.insert_or_assign(tls->certificate_file, std::move(fault));
  };
  for (std::size_t i = 0; i < snapshot.listeners.size(); ++i) {
    add(snapshot.listeners[i].tls, certificates.listeners[i]);
  }
  if (snapshot.admin) add(snapshot.admin->tls, certificates.admin);
  std::vector<std::string> news;
  for (const auto& [file, fault] : found) {
    const auto told = told_.find(file);
    if (told != told_.end() && told->second == fault) continue;
    news.push_back(fmt::format("the certificate `{}` {}", escape(file, 512), fault));
  }
  told_ = std::move(found);
  return news;
}

}  // namespace gh::gateway
