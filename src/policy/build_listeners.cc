#include <algorithm>
#include <map>

#include "base/text.h"
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
    limits(section.section("limits"), listener);
    proxies(section.section("proxies"), listener);
    return listener;
  }

  Listener admin_side(const Section& section) {
    Listener listener = common(section);
    const bool has_credential = listener.tls && listener.tls->client_required;
    if (!has_credential && !address_.loopback && known_) {
      report_.problem(section.at("address"),
                      "`address`: `{}` is reachable from outside; metrics need a credential there: "
                      "add `tls` with `client_ca` and `required: true`, or listen on 127.0.0.1",
                      listener.address);
    }
    return listener;
  }

 private:
  Listener common(const Section& section) {
    Listener listener;
    listener.address = section.text("address");
    const auto parsed = parse_listen_address(listener.address);
    known_ = parsed.has_value();
    address_ = parsed.value_or(ListenAddress{});
    const auto [first, is_new] = seen_.emplace(listener.address, section.at("address"));
    if (known_ && !is_new && (address_.port != 0 || address_.unix_socket)) {
      report_.problem(section.at("address"), "`address`: `{}` is listened on already, at {}",
                      listener.address, report_.where(first->second));
    }
    if (section.written("tls")) listener.tls = tls(section.section("tls"));
    return listener;
  }

  Listener::Tls tls(const Section& section) {
    Listener::Tls tls;
    tls.certificate_file = file(section, "certificate");
    tls.client_ca_file = file(section, "client_ca");
    if (const auto source = section.secret("key")) {
      const auto path = secret_file(*source, draft_.directory);
      const auto usable = path ? check_secret_file(*path) : std::unexpected(path.error());
      if (usable) {
        tls.key_file = *path;
      } else {
        report_.problem(source->at, "`key`: {}", usable.error().message);
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

  // The absolute path of a file that must be there; "" when it is not written.
  std::string file(const Section& section, std::string_view name) {
    const std::string text = section.text(name);
    if (text.empty()) return {};
    std::string path = resolve(draft_.directory, text);
    if (auto usable = check_file(path); !usable) {
      report_.problem(section.at(name), "`{}`: {}", name, usable.error().message);
    }
    return path;
  }

  void limits(const Section& section, Listener& listener) {
    const Section per_ip = section.section("per_ip");
    listener.connections = section.number32("connections");
    listener.connections_per_ip = per_ip.number32("connections");
    listener.requests_per_ip = read_rate(per_ip, "requests");
    if (const auto rate = read_rate(per_ip, "failed_auth")) listener.failed_auth_per_ip = *rate;
    if (per_ip.written("connections") && listener.connections_per_ip >= listener.connections) {
      report_.note(per_ip.at("connections"), "`{}.connections` never binds: `{}.connections` is {}",
                   per_ip.path(), section.path(), listener.connections);
    }
  }

  void proxies(const Section& section, Listener& listener) {
    if (!section.present()) return;
    listener.client_address = section.text("address") == "proxy-v2"
                                  ? Listener::ClientAddress::proxy_v2
                                  : Listener::ClientAddress::x_forwarded_for;
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
      if (cidr.bits == 0 || (cidr.bits == 96 && word.text.find(':') == std::string::npos)) {
        report_.problem(word.at,
                        "`trusted`: `{}` lets every client say who it is; name the proxies",
                        word.text);
      }
      listener.trusted_proxies.push_back(cidr);
    }
  }

  Draft& draft_;
  Report& report_;
  std::map<std::string, yaml::Position> seen_;
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
