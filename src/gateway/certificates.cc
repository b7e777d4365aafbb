#include "gateway/certificates.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "crypto/certificate.h"
#include "policy/files.h"

namespace gh::gateway {
namespace {

enum class Side { listener, admin };

Result<std::shared_ptr<const net::TlsServer>> load_server(const policy::Listener::Tls& tls,
                                                          Side side) {
  // As at the start: regular files (to open a pipe would wait for its writer), and the key closed.
  for (const std::string& file : {tls.certificate_file, tls.client_ca_file}) {
    if (file.empty()) continue;
    if (auto regular = policy::check_file(file); !regular) return std::unexpected(regular.error());
  }
  if (const auto key = policy::read_secret_file(tls.key_file); !key) {
    return std::unexpected(key.error());
  }
  return net::TlsServer::load({.certificate_file = tls.certificate_file,
                               .key_file = tls.key_file,
                               .client_ca_file = tls.client_ca_file,
                               .client_required = tls.client_required,
                               .allow_tls12 = tls.allow_tls12,
                               .offer_h2 = side == Side::listener});
}

Result<ServerTls> load(const std::optional<policy::Listener::Tls>& tls, Side side, MonoTime now) {
  // The fingerprint first: a file that changes while it is read is found changed at the next look.
  ServerTls one{.server = nullptr, .files = files_fingerprint(tls), .loaded = now};
  if (!tls) return one;
  auto server = load_server(*tls, side);
  if (!server) return std::unexpected(server.error());
  one.server = std::move(*server);
  return one;
}

// Calls `visit(tls, side, place)` for each listener of the policy and its admin side.
template <class Visit>
void each(const policy::Snapshot& snapshot, Certificates& all, Visit visit) {
  for (std::size_t i = 0; i < snapshot.listeners.size(); ++i) {
    visit(snapshot.listeners[i].tls, Side::listener, all.listeners[i]);
  }
  if (snapshot.admin) visit(snapshot.admin->tls, Side::admin, all.admin);
}

}  // namespace

std::string files_fingerprint(const std::optional<policy::Listener::Tls>& tls) {
  std::string text;
  if (!tls) return text;
  for (const std::string* file : {&tls->certificate_file, &tls->key_file, &tls->client_ca_file}) {
    struct stat info{};
    if (!file->empty()) stat(file->c_str(), &info);
    // When it changed, not when it was written: who may read it is put right after that.
    text += fmt::format("{}:{}:{}.{};", info.st_ino, info.st_size, info.st_ctim.tv_sec,
                        info.st_ctim.tv_nsec);
  }
  return text;
}

Result<Certificates> Certificates::load(const policy::Snapshot& snapshot) {
  Certificates all;
  all.listeners.resize(snapshot.listeners.size());
  Result<> result;
  each(snapshot, all, [&](const auto& tls, Side side, ServerTls& place) {
    if (!result) return;
    auto one = gateway::load(tls, side, system_clock().mono());
    if (one) {
      place = std::move(*one);
    } else {
      result = std::unexpected(one.error());
    }
  });
  if (!result) return std::unexpected(result.error());
  return all;
}

CertificateRenewal::News CertificateRenewal::look(const policy::Snapshot& snapshot,
                                                  const Certificates& in_force, MonoTime now) {
  News news;
  Certificates next = in_force;
  bool any = false;
  std::set<std::string> failing;
  each(snapshot, next, [&](const auto& tls, Side side, ServerTls& place) {
    const std::string files = files_fingerprint(tls);
    const bool changed = files != place.files;
    if (!tls || (!changed && now - place.loaded < kTicketKeyLife)) return;
    auto one = gateway::load(tls, side, now);
    if (one) {
      place = std::move(*one);
      any = true;
      news.changed = news.changed || changed;
      return;
    }
    const std::string& why = one.error().message;
    const bool first = failing.insert(files + why).second && !told_.contains(files + why);
    if (first) news.failures.push_back(why);
  });
  // What was told and fails no longer is over; the good end of it is told too.
  const bool over =
      std::ranges::any_of(told_, [&](const auto& one) { return !failing.contains(one); });
  if (any) news.renewed = std::move(next);
  news.changed = any && (news.changed || over);
  told_ = std::move(failing);
  return news;
}

std::vector<std::string> CertificateDates::look(const policy::Snapshot& snapshot,
                                                const Certificates& certificates, WallTime now) {
  std::map<std::string, std::string> found;
  const auto add = [&](const std::optional<policy::Listener::Tls>& tls, const ServerTls& one) {
    if (!tls || one.server == nullptr) return;
    std::string fault = crypto::validity_fault(one.server->begins(), one.server->expires(), now);
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
