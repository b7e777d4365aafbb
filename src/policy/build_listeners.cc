#include <algorithm>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/tls_files.h"
#include "policy/addresses.h"
#include "policy/build.h"
#include "policy/files.h"
#include "policy/secrets.h"

namespace gh::policy {
namespace {

class ListenerBuilder {
 public:
  explicit ListenerBuilder(Draft& draft) : draft_(draft), report_(draft.report) {}

  Listener public_side(const Section& section) {
    Listener listener = common(section);
    if (!listener.tls && !address_.loopback && known_) {
      report_.problem(section.at("address"),
                      "`address`: `{}` is reachable from outside and has no `tls`; add it, or "
                      "listen on 127.0.0.1 or a Unix socket",
                      listener.address);
    }
    const Section timeouts = section.section("timeouts");
    listener.timeouts = {timeouts.duration("handshake"), timeouts.duration("head"),
                         timeouts.duration("body"), timeouts.duration("keep_alive"),
                         timeouts.duration("write")};
    proxies(section.section("proxies"), listener);
    limits(section.section("limits"), listener);
    if (timeouts.written("handshake") && !listener.tls &&
        listener.client_address != Listener::ClientAddress::proxy_v2) {
      report_.note(timeouts.at("handshake"),
                   "`handshake` can never apply: there is no `tls` here; remove it");
    }
    return listener;
  }

  Listener admin_side(const Section& section) {
    Listener listener = common(section);
    const bool has_credential = listener.tls && !listener.tls->client_ca_file.empty();
    if (!has_credential && !address_.loopback && known_) {
      report_.problem(section.at("address"),
                      "`address`: `{}` is reachable from outside; metrics need a credential there: "
                      "add `tls` with `client_ca`, or listen on 127.0.0.1",
                      listener.address);
    }
    return listener;
  }

 private:
  struct Place {
    ListenAddress address;
    yaml::Position at;
  };

  Listener common(const Section& section) {
    Listener listener;
    const std::string written = section.text("address");
    const auto parsed = parse_listen_address(written, draft_.directory);
    known_ = parsed.has_value();
    // The shape was right; the whole path may be too long.
    if (!known_ && !written.empty()) {
      report_.problem(section.at("address"), "`address`: {}", parsed.error().message);
    }
    address_ = parsed.value_or(ListenAddress{});
    listener.address = address_.text;
    if (known_) place(section.at("address"));
    if (section.written("tls")) listener.tls = tls(section.section("tls"));
    return listener;
  }

  // What the system would refuse to listen on.
  void place(yaml::Position at) {
    const auto other = std::ranges::find_if(
        seen_, [this](const Place& place) { return clash(place.address, address_); });
    if (other == seen_.end()) {
      seen_.push_back({address_, at});
    } else if (other->address.text == address_.text) {
      report_.problem(at, "`address`: `{}` is listened on already, at {}; use another port or path",
                      address_.text, report_.where(other->at));
    } else {
      report_.problem(at,
                      "`address`: `{}` cannot be listened on beside `{}`, at {}: one of them takes "
                      "the port on every address; use another port",
                      address_.text, other->address.text, report_.where(other->at));
    }
    if (!address_.unix_socket) return;
    constexpr std::string_view kUnix = "unix:";
    const std::string folder = resolve(address_.text.substr(kUnix.size()), "..");
    if (!is_there(folder)) {
      // It may be one that is made with the service, in /run.
      report_.note(at, "`address`: there is no folder `{}`; without it nothing is served",
                   escape(folder, 512));
    }
  }

  Listener::Tls tls(const Section& section) {
    Listener::Tls tls;
    const std::string certificate = certificates(section, "certificate", tls.certificate_file);
    note_dates(section, certificate, tls.certificate_file);
    certificates(section, "client_ca", tls.client_ca_file);
    if (const auto source = section.secret("key")) {
      if (const Result<> fit = key(*source, certificate, tls.key_file); !fit) {
        report_.problem(source->at, "`key`: {}", fit.error().message);
      }
    }
    tls.client_required = section.flag("required");
    if (tls.client_required && tls.client_ca_file.empty()) {
      report_.problem(section.at("required"),
                      "`required`: no client certificate can pass without `client_ca`; add it");
    }
    tls.allow_tls12 = section.text("min_version") == "1.2";
    if (tls.allow_tls12) {
      report_.note(section.at("min_version"), "TLS 1.2 is accepted; 1.3 is the default");
    }
    return tls;
  }

  // A note only: the listener starts, and a renewed certificate is taken as it comes.
  void note_dates(const Section& section, const std::string& pem, const std::string& path) {
    if (pem.empty()) return;
    const auto facts = crypto::read_certificate(pem);
    if (!facts) return;
    const std::string fault =
        crypto::validity_fault(facts->not_before, facts->not_after, system_clock().wall());
    if (fault.empty()) return;
    report_.note(section.at("certificate"), "`certificate`: `{}` {}", escape(path, 512), fault);
  }

  // What the file holds, and its absolute path; "" when it is not written or not fit.
  std::string certificates(const Section& section, std::string_view name, std::string& path) {
    const std::string written = section.text(name);
    if (written.empty()) return {};
    path = resolve(draft_.directory, written);
    auto pem = read_certificates(path);
    if (pem) return *std::move(pem);
    report_.problem(section.at(name), "`{}`: {}", name, pem.error().message);
    return {};
  }

  // `certificate` "" is one that was complained of.
  Result<> key(const SecretSource& source, const std::string& certificate, std::string& path) {
    const auto file = secret_file(source, draft_.directory);
    if (!file) return std::unexpected(file.error());
    const auto pem = read_secret_file(*file);
    if (!pem) return std::unexpected(pem.error());
    Result<> fit = crypto::check_private_key(pem->reveal());
    if (fit && !certificate.empty()) fit = crypto::check_pair(certificate, pem->reveal());
    if (!fit) return fail("`{}` {}", escape(*file, 512), fit.error().message);
    path = *file;
    return {};
  }

  void limits(const Section& section, Listener& listener) {
    const Section per_ip = section.section("per_ip");
    listener.connections = section.number32("connections");
    listener.connections_per_ip = per_ip.number32("connections");
    listener.requests_per_ip = read_rate(per_ip, "requests");
    if (const auto rate = read_rate(per_ip, "failed_auth")) listener.failed_auth_per_ip = *rate;
    if (per_ip.written("connections") && listener.connections_per_ip > listener.connections) {
      report_.note(per_ip.at("connections"),
                   "`connections` can never apply: all addresses together have {} at most, "
                   "`{}.connections`; lower it",
                   listener.connections, section.path());
    } else if (per_ip.written("connections") &&
               listener.connections_per_ip == listener.connections) {
      report_.note(per_ip.at("connections"), "`{}.connections` never binds: `{}.connections` is {}",
                   per_ip.path(), section.path(), listener.connections);
    }
    if (address_.unix_socket) limits_without_addresses(per_ip, listener);
  }

  // Who connects to a Unix socket has no address, unless a proxy says it: of the connection (PROXY
  // v2) or of each request (X-Forwarded-For).
  void limits_without_addresses(const Section& per_ip, const Listener& listener) {
    using ClientAddress = Listener::ClientAddress;
    if (per_ip.written("connections") && listener.client_address != ClientAddress::proxy_v2) {
      report_.problem(per_ip.at("connections"),
                      "`connections` can never apply: connections to a Unix socket have no address "
                      "unless `proxies` has `address: proxy-v2`; use `connections` of `limits`");
    }
    if (listener.client_address != ClientAddress::socket) return;
    if (per_ip.written("requests")) {
      report_.problem(per_ip.at("requests"),
                      "`requests` can never apply to one address: clients of a Unix socket have "
                      "none without `proxies`; use the policy's own `limits` for all of them");
    }
    if (per_ip.written("failed_auth")) {
      report_.note(per_ip.at("failed_auth"),
                   "`failed_auth` counts all clients as one: those of a Unix socket have no "
                   "address without `proxies`");
    }
  }

  void proxies(const Section& section, Listener& listener) {
    if (!section.present()) return;
    listener.client_address = section.text("address") == "proxy-v2"
                                  ? Listener::ClientAddress::proxy_v2
                                  : Listener::ClientAddress::x_forwarded_for;
    bool visible = false;      // one of the networks can be that of a peer
    std::vector<Word> unseen;  // those that cannot
    for (const Word& word : section.words("trusted")) {
      if (known_ && (word.text == "unix") != address_.unix_socket) {
        report_.problem(word.at, "`trusted`: `{}` matches nobody on `{}`; {}", word.text,
                        listener.address,
                        address_.unix_socket ? "write `unix`" : "write networks like 10.0.0.0/8");
        continue;
      }
      if (word.text == "unix") {
        listener.trust_unix_peers = true;
        continue;
      }
      const Cidr cidr = *parse_cidr(word.text);
      visible |= can_connect(cidr, address_);
      if (!can_connect(cidr, address_)) unseen.push_back(word);
      if (holds_all_ipv4(cidr)) {
        const bool seen_at_once = cidr.bits == 0 || !word.text.contains(':');
        report_.problem(word.at,
                        "`trusted`: `{}` {}lets every client say who it is; name the proxies",
                        word.text, seen_at_once ? "" : "holds all of IPv4 and ");
      }
      listener.trusted_proxies.push_back(cidr);
    }
    // A hop in X-Forwarded-For may have any address, once a proxy that connects is trusted.
    if (visible && listener.client_address == Listener::ClientAddress::x_forwarded_for) return;
    if (!known_ || address_.unix_socket) return;
    for (const Word& word : unseen) {
      report_.problem(word.at,
                      "`trusted`: `{}` matches nobody on `{}`, where {} connects; write networks "
                      "like {}",
                      word.text, listener.address, address_.ipv4 ? "IPv4 only" : "IPv6 only",
                      address_.ipv4 ? "10.0.0.0/8" : "fd00::/8");
    }
  }

  Draft& draft_;
  Report& report_;
  std::vector<Place> seen_;
  ListenAddress address_;  // of the listener being built
  bool known_ = false;     // it could be read
};

}  // namespace

void build_listeners(Draft& draft, const Section& root) {
  ListenerBuilder builder(draft);
  for (const Section& section : root.sections("listen")) {
    draft.snapshot.listeners.push_back(builder.public_side(section));
  }
  if (root.written("admin")) draft.snapshot.admin = builder.admin_side(root.section("admin"));
}

}  // namespace gh::policy
