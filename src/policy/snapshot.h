#pragma once
// The policy in force: what the file said, with defaults filled in, references resolved and every
// value in its final unit. Immutable once built; shared by all threads through
// `std::shared_ptr<const Snapshot>`. An exchange keeps the snapshot that it began with.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "base/secret.h"
#include "policy/endpoint_set.h"
#include "vllm/surface.h"

namespace gh::policy {

// `count` per `period`, at most `burst` at once on an idle bucket.
struct Rate {
  std::uint64_t count = 0;
  Duration period{};
  std::uint64_t burst = 1;
  std::string rule;  // the setting that says so: "tenants.alpha.limits.requests"
  bool operator==(const Rate&) const = default;
};

struct Concurrency {
  std::uint32_t most = 0;
  std::string rule;
  bool operator==(const Concurrency&) const = default;
};

// Whoever stays within `tight` stays within `loose`.
bool never_binds(const Rate& loose, const Rate& tight);

// What binds one subject. Each rate is in force by itself, so that the one which refuses is the one
// that is named; of two of which one never binds there is the other only.
struct Limit {
  std::vector<Rate> requests;
  std::optional<Concurrency> concurrent;  // absent: not limited here

  bool empty() const { return requests.empty() && !concurrent; }
};
// Makes `by` bind as well. What is as tight already keeps its name.
void narrow(Limit& limit, const Limit& by);

struct Limits {
  Limit whole;  // binds the scope as a whole
  Limit per_key;
  Limit per_user;
};

enum class Media : std::uint8_t { deny, data };  // data: only `data:` URLs

// Caps on one request; every one is in force (there is no "unlimited").
struct RequestCaps {
  std::uint64_t max_body = 1u << 20;  // bytes
  std::uint32_t max_prompt_tokens = 6000;
  std::uint32_t max_tokens = 1024;
  std::uint32_t default_max_tokens = 512;
  std::uint32_t n = 1;
  std::uint64_t n_times_max_tokens = 4096;
  std::uint32_t prompts = 1;  // entries of a list `prompt`
  std::uint32_t inputs = 64;  // entries of a list `input`
  std::uint32_t messages = 256;
  std::uint32_t stop = 4;
  std::uint32_t logprobs = 0;  // most `top_logprobs`; 0 is `deny`
  bool tools = true;
  std::uint32_t tool_count = 64;
  std::uint64_t tool_bytes = 64u << 10;
  std::uint64_t schema_bytes = 32u << 10;  // of response_format's schema
  std::uint32_t schema_depth = 16;
  Media media = Media::deny;
  std::uint32_t media_count = 4;
  std::uint64_t media_bytes = 4u << 20;  // per part, as sent
};

struct CacheIsolation {
  enum class Kind : std::uint8_t { tenant, user, request, group, shared };
  Kind kind = Kind::tenant;
  std::string group;  // for Kind::group
};

struct UpstreamUrl {
  enum class Scheme : std::uint8_t { http, https, unix_socket };
  Scheme scheme = Scheme::http;
  std::string host;  // name or address without brackets; for unix_socket the path
  std::uint16_t port = 0;
  std::string text;  // as written, for messages and logs
};

struct Upstream {
  std::string name;
  std::vector<UpstreamUrl> urls;  // at least one
  std::string ca_file;            // "" = the system's authorities; https only
  vllm::Surface surface;
  Secret api_key;  // may be empty
  bool prefix_caching = true;
  std::optional<Duration> health = std::chrono::seconds(10);
  struct Timeouts {
    Duration connect = std::chrono::seconds(3);
    Duration first_byte = std::chrono::seconds(120);
    Duration idle = std::chrono::seconds(60);  // between two events of a stream
    Duration total = std::chrono::minutes(30);
  } timeouts;
  std::uint32_t in_flight = 1024;  // exchanges at once over all its urls
};

struct Model {
  std::string name;          // what clients say
  std::string served_as;     // what the upstream is told
  std::string adapter;       // LoRA adapter name when this is one, else ""
  std::string base;          // of an adapter: the name of the model that it is on
  std::size_t upstream = 0;  // index into Snapshot::upstreams
  std::uint32_t max_model_len = 0;
  EndpointSet endpoints;
  Limits limits;
};

// A model as one tenant may use it.
struct Grant {
  std::size_t model = 0;     // index into Snapshot::models
  std::size_t upstream = 0;  // the model's, or the tenant's own instance
};

struct Tenant {
  std::string name;
  std::vector<Grant> grants;  // sorted by the model's name
  RequestCaps request;
  Limits limits;
  CacheIsolation isolation;
};

struct Cidr {
  Ip address{};
  std::uint8_t bits = 128;
};

struct Listener {
  std::string address;  // as the system takes it: "127.0.0.1:8443", "unix:/run/gatehouse.sock"
  struct Tls {
    std::string certificate_file;
    std::string key_file;
    std::string client_ca_file;  // "" = no client certificates
    bool client_required = false;
    bool allow_tls12 = false;
  };
  std::optional<Tls> tls;
  struct Timeouts {
    Duration handshake = std::chrono::seconds(10);
    Duration head = std::chrono::seconds(10);
    Duration body = std::chrono::seconds(10);  // plus size at the minimum rate
    Duration keep_alive = std::chrono::seconds(60);
    Duration write = std::chrono::seconds(30);
  } timeouts;
  std::uint32_t connections = 10'000;
  std::uint32_t connections_per_ip = 256;
  std::optional<Rate> requests_per_ip;
  Rate failed_auth_per_ip;
  enum class ClientAddress : std::uint8_t { socket, proxy_v2, x_forwarded_for };
  ClientAddress client_address = ClientAddress::socket;
  std::vector<Cidr> trusted_proxies;
  bool trust_unix_peers = false;
};

enum class RequestLog : std::uint8_t { to_stdout, to_stderr, none, file };

struct Snapshot {
  std::string file;  // absolute path of the policy file
  std::vector<Listener> listeners;
  std::optional<Listener> admin;
  std::string state_directory;  // absolute
  std::string pepper_file;      // absolute; likewise salt_key_file
  std::string salt_key_file;
  std::vector<Upstream> upstreams;
  std::vector<Model> models;    // sorted by name; LoRA adapters are models too
  std::vector<Tenant> tenants;  // sorted by name
  Limits global;                // per_key and per_user are in force through every tenant's own
  RequestLog request_log = RequestLog::to_stdout;
  std::string request_log_file;
  std::string log_level = "info";
  Duration drain = std::chrono::seconds(30);
  std::uint32_t workers = 0;                         // 0: one per core
  std::uint64_t body_bytes_per_worker = 256u << 20;  // bodies and whole answers
  std::uint64_t body_bytes_per_tenant = 64u << 20;

  // Null when there is none of that name.
  const Tenant* tenant(std::string_view name) const;
  const Model* model(std::string_view name) const;
  // The tenant's grant for a model's client name; null when it has none.
  const Grant* grant(const Tenant& tenant, std::string_view model_name) const;
};

}  // namespace gh::policy
