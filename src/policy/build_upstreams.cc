#include <algorithm>
#include <filesystem>
#include <map>

#include "base/encoding.h"
#include "base/ip.h"
#include "base/text.h"
#include "policy/addresses.h"
#include "policy/build.h"
#include "policy/files.h"
#include "policy/secrets.h"
#include "policy/weak_secret.h"

namespace gh::policy {
namespace {

// Where a URL goes, the same for other ways of writing it.
std::string server_of(const UpstreamUrl& url) {
  if (url.scheme == UpstreamUrl::Scheme::unix_socket) {
    return "unix " + std::filesystem::path(url.host).lexically_normal().string();
  }
  std::string host = url.host;
  for (char& c : host) c = to_lower(c);
  if (host == "localhost" || host == "localhost." || host == "::1") host = "127.0.0.1";
  const auto ip = host.contains(':') ? parse_ipv6(host) : parse_ipv4(host);
  return fmt::format(
      "{} {}", ip ? hex({reinterpret_cast<const char*>(ip->data()), ip->size()}) : host, url.port);
}

class UpstreamBuilder {
 public:
  explicit UpstreamBuilder(Draft& draft) : draft_(draft), report_(draft.report) {}

  Upstream build(const Section& section) {
    Upstream upstream;
    draft_.caches.push_back(draft_.caches.size());
    upstream.name = section.text("name");
    upstream.prefix_caching = section.flag("prefix_caching") && !section.refused("prefix_caching");
    urls(section, upstream);
    authorities(section, upstream);
    version(section, upstream);
    if (const auto source = section.secret("api_key")) api_key(*source, upstream);
    upstream.health = section.get<Duration>("health");
    timeouts(section.section("timeouts"), upstream);
    upstream.in_flight = section.number32("in_flight");
    return upstream;
  }

 private:
  struct Server {
    yaml::Position at;
    std::size_t upstream = 0;  // that named it first
  };

  void urls(const Section& section, Upstream& upstream) {
    std::vector<Word> words = section.words("urls");
    if (section.written("url") && section.written("urls")) {
      report_.problem(section.at("urls"), "an upstream has `url` or `urls`; remove one of them");
    } else if (!section.written("url") && !section.written("urls")) {
      report_.problem(section.at(), "an upstream needs `url` or `urls`; write one of them");
    }
    if (const std::string url = section.text("url"); !url.empty()) {
      words.push_back({url, section.at("url")});
    }
    for (const Word& word : words) {
      auto parsed = parse_upstream_url(word.text, draft_.directory);
      if (!parsed) {  // the shape was right; the whole path of a socket may be too long
        report_.problem(word.at, "{}", parsed.error().message);
        continue;
      }
      UpstreamUrl& url = *parsed;
      const Server here{word.at, draft_.caches.size() - 1};
      const auto [first, is_new] = servers_.emplace(server_of(url), here);
      if (!is_new) share(word, first->second, upstream);
      if (url.scheme == UpstreamUrl::Scheme::http && !is_loopback(url)) {
        report_.note(word.at, "`{}`: prompts and answers travel in clear text; https:// hides them",
                     escape(word.text, 128));
      }
      upstream.urls.push_back(std::move(url));
    }
  }

  // One server has one prefix cache, however many names it has.
  void share(const Word& word, const Server& first, const Upstream& upstream) {
    const std::size_t ours = draft_.caches.size() - 1;
    if (first.upstream == ours) {
      report_.problem(word.at, "`{}` is the server of another of these `urls`, at {}; remove one",
                      escape(word.text, 128), report_.where(first.at));
      return;
    }
    if (draft_.snapshot.upstreams[first.upstream].prefix_caching != upstream.prefix_caching) {
      report_.problem(word.at,
                      "`{}` is an upstream already, at {}: one has `prefix_caching: true` and the "
                      "other `false`, and the server cannot be both",
                      escape(word.text, 128), report_.where(first.at));
    }
    report_.note(word.at,
                 "`{}` is an upstream already, at {}: both have one prefix cache, and `in_flight` "
                 "counts for each alone",
                 escape(word.text, 128), report_.where(first.at));
    // Not what stands in the list, which is written over.
    const std::size_t mine = draft_.caches[ours];
    const std::size_t theirs = draft_.caches[first.upstream];
    std::ranges::replace(draft_.caches, mine, theirs);
  }

  void authorities(const Section& section, Upstream& upstream) {
    const std::string ca = section.text("ca");
    if (ca.empty()) return;
    upstream.ca_file = resolve(draft_.directory, ca);
    if (auto read = read_certificates(upstream.ca_file); !read) {
      report_.problem(section.at("ca"), "`ca`: {}", read.error().message);
    }
    const bool https = std::ranges::any_of(upstream.urls, [](const UpstreamUrl& url) {
      return url.scheme == UpstreamUrl::Scheme::https;
    });
    if (!https && !upstream.urls.empty()) {
      report_.problem(section.at("ca"), "`ca` is for https upstreams, and this is none; remove it");
    }
  }

  void version(const Section& section, Upstream& upstream) {
    const auto version = vllm::parse_version(section.text("vllm"));
    if (!version) return;
    const bool accept_newer = section.flag("vllm_accept_newer");
    const bool is_newer = *version > vllm::newest_known();
    const yaml::Position at = section.at("vllm");
    auto surface = vllm::surface(*version, accept_newer);
    if (surface) {
      upstream.surface = std::move(*surface);
    } else if (is_newer) {
      report_.problem(at,
                      "`vllm`: {} is newer than {}, the newest that is known; write "
                      "`vllm_accept_newer: true` to treat it as that one",
                      version->text(), vllm::newest_known().text());
    } else {
      report_.problem(at, "`vllm`: {}", surface.error().message);
    }
    if (accept_newer && is_newer) {
      report_.note(at, "vLLM {} is treated as {}: fields that came later are refused",
                   version->text(), vllm::newest_known().text());
    } else if (accept_newer) {
      report_.problem(section.at("vllm_accept_newer"),
                      "`vllm_accept_newer` changes nothing for {}, which is known; remove it",
                      version->text());
    }
  }

  void api_key(const SecretSource& source, Upstream& upstream) {
    if (!draft_.upstream_keys) return;
    auto key = read_secret(source, draft_.directory);
    if (!key) {
      report_.problem(source.at, "`api_key`: {}", key.error().message);
      return;
    }
    // It becomes a header's value.
    const bool printable =
        std::ranges::all_of(key->reveal(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (!printable) {
      report_.problem(source.at,
                      "`api_key`: {} holds spaces, line ends or other bytes that no "
                      "Authorization header can carry",
                      shown(source));
    } else if (const auto none = no_secret_fault(key->reveal()); !none.empty()) {
      report_.problem(source.at, "`api_key`: {} {}, and start the server with it", shown(source),
                      none);
    } else if (const auto weak = weak_secret_fault(key->reveal(), kLeastUpstreamKey);
               !weak.empty()) {
      report_.note(source.at, "`api_key`: {} {}, and start the server with it", shown(source),
                   weak);
    }
    upstream.api_key = std::move(*key);
  }

  void timeouts(const Section& section, Upstream& upstream) {
    upstream.timeouts = {section.duration("connect"), section.duration("first_byte"),
                         section.duration("idle"), section.duration("total")};
    if (section.refused("total")) return;
    for (std::string_view name : {"connect", "first_byte", "idle"}) {
      if (section.written(name) && section.duration(name) > upstream.timeouts.total) {
        report_.problem(section.at(name), "`{}` is longer than `total`, which ends it first", name);
      }
    }
  }

  Draft& draft_;
  Report& report_;
  std::map<std::string, Server> servers_;
};

}  // namespace

void build_upstreams(Draft& draft, const Section& root) {
  UpstreamBuilder builder(draft);
  for (const Section& section : root.sections("upstreams")) {
    Upstream upstream = builder.build(section);
    const std::size_t index = draft.snapshot.upstreams.size();
    enter_name(section, "upstream", index, draft.upstream_names);
    draft.snapshot.upstreams.push_back(std::move(upstream));
    draft.upstreams.push_back(section.at("name"));
  }
}

}  // namespace gh::policy
