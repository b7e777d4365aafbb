#include "policy/settings.h"

namespace gh::policy {
namespace {

struct Bounds {
  std::string_view least;
  std::string_view most;
};

constexpr Setting section(std::string_view name, std::span<const Setting> members,
                          std::string_view help) {
  return {.name = name, .type = Type::section, .help = help, .members = members};
}

constexpr Setting rule(std::string_view name, std::span<const Setting> members,
                       std::string_view help) {
  Setting s = section(name, members, help);
  s.whole = true;
  return s;
}

constexpr Setting sections(std::string_view name, std::span<const Setting> members,
                           std::string_view help) {
  return {.name = name, .type = Type::sections, .help = help, .required = true, .members = members};
}

constexpr Setting words(std::string_view name, Type item, std::string_view help,
                        std::span<const std::string_view> choices = {}) {
  return {.name = name, .type = Type::words, .help = help, .choices = choices, .item = item};
}

constexpr Setting number(std::string_view name, Type type, std::string_view fallback, Bounds bounds,
                         std::string_view help, std::string_view word = {}) {
  return {.name = name,
          .type = type,
          .help = help,
          .fallback = fallback,
          .least = bounds.least,
          .most = bounds.most,
          .word = word};
}

constexpr Setting count(std::string_view name, std::string_view fallback, Bounds bounds,
                        std::string_view help, std::string_view word = {}) {
  return number(name, Type::count, fallback, bounds, help, word);
}

constexpr Setting bytes(std::string_view name, std::string_view fallback, Bounds bounds,
                        std::string_view help) {
  return number(name, Type::bytes, fallback, bounds, help);
}

constexpr Setting duration(std::string_view name, std::string_view fallback, Bounds bounds,
                           std::string_view help, std::string_view word = {}) {
  return number(name, Type::duration, fallback, bounds, help, word);
}

constexpr Setting text(std::string_view name, Type type, std::string_view fallback,
                       std::string_view help) {
  return {.name = name, .type = type, .help = help, .fallback = fallback};
}

constexpr Setting choice(std::string_view name, std::span<const std::string_view> choices,
                         std::string_view fallback, std::string_view help) {
  return {
      .name = name, .type = Type::choice, .help = help, .fallback = fallback, .choices = choices};
}

constexpr Setting required(Setting setting) {
  setting.required = true;
  return setting;
}

constexpr Setting later(std::string_view name, std::string_view what) {
  return {.name = name, .later = what};
}

constexpr std::string_view kMinTls[] = {"1.3", "1.2"};
constexpr std::string_view kClientAddress[] = {"proxy-v2", "x-forwarded-for"};
constexpr std::string_view kEndpointNames[] = {"chat", "completions", "embeddings"};
constexpr std::string_view kAllowDeny[] = {"allow", "deny"};
constexpr std::string_view kMediaModes[] = {"deny", "data"};
constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};

// Limits.
constexpr Setting kRate[] = {
    required(text("rate", Type::rate, "", "How many, and in what time.")),
    count("burst", "(a tenth of a minute's worth, at least 1)", {"1", "1G"},
          "How many at once when nothing came for a while."),
};
constexpr Setting kFailedAuth[] = {
    text("rate", Type::rate, "30/min", "How many, and in what time."),
    count("burst", "10", {"1", "1G"}, "How many at once when nothing came for a while."),
};
constexpr Setting kSubjectLimit[] = {
    rule("requests", kRate, "Request rate."),
    count(
        "concurrent", "", {"1", "1M"},
        "Requests between admission and their end; an answer above 64 KiB ends when it is taken."),
    later("tokens", "token rates"),
    later("budget", "token and money budgets"),
};
constexpr Setting kLimits[] = {
    rule("requests", kRate, "Request rate of the whole."),
    count("concurrent", "", {"1", "1M"},
          "Requests between admission and their end, of the whole; an answer above 64 KiB ends "
          "when it is taken."),
    section("per_key", kSubjectLimit, "What binds each API key by itself."),
    section("per_user", kSubjectLimit, "What binds each user label by itself."),
    later("tokens", "token rates"),
    later("budget", "token and money budgets"),
};

// Listeners.
constexpr Setting kTls[] = {
    required(text("certificate", Type::path, "", "PEM file: the certificate, then its chain.")),
    required(
        text("key", Type::secret_file, "", "PEM file with the private key, closed to others.")),
    text("client_ca", Type::path, "", "PEM file with the authorities of client certificates."),
    text("required", Type::boolean, "false", "Refuse clients without a certificate."),
    choice("min_version", kMinTls, "1.3", "Oldest TLS version that is spoken."),
};
constexpr Setting kListenTimeouts[] = {
    duration("handshake", "10s", {"1s", "5m"}, "From accept to the end of the TLS handshake."),
    duration("head", "10s", {"1s", "5m"}, "For a request's head to arrive."),
    duration("body", "10s", {"1s", "10m"},
             "For a request's body, in addition to its size at the minimum rate."),
    duration("keep_alive", "60s", {"1s", "1h"}, "For the next request on an idle connection."),
    duration("write", "30s", {"1s", "10m"},
             "How long a client may not read. Over HTTP/2, where it can open its window byte by "
             "byte, also how long it may take for 16 KiB, or for what is left."),
};
constexpr Setting kPerIp[] = {
    rule("requests", kRate,
         "Request rate of one address (IPv6: one /64); 404, 405 and heads that are no HTTP are not "
         "in it."),
    count("connections", "256", {"1", "1M"}, "Open connections of one address."),
    section("failed_auth", kFailedAuth,
            "Rate of refused credentials of one address; a valid key always passes."),
};
constexpr Setting kListenLimits[] = {
    section("per_ip", kPerIp, "What binds each client address at this listener."),
    count("connections", "10000", {"1", "1M"}, "Open connections in all."),
};
constexpr Setting kProxies[] = {
    required(words("trusted", Type::network,
                   "Networks (CIDR) whose word on the client's address is taken; `unix` on a "
                   "Unix socket.")),
    required(choice("address", kClientAddress, "",
                    "Where they say it; the client is the right-most hop that is not trusted.")),
};
constexpr Setting kListen[] = {
    required(text("address", Type::address, "",
                  "HOST:PORT with an IP address or `localhost`, or unix:PATH; port 0 takes any.")),
    section("tls", kTls, "May be absent on loopback addresses and Unix sockets only."),
    section("timeouts", kListenTimeouts, "How long clients may take."),
    section("limits", kListenLimits, "What binds before anybody is authenticated."),
    section("proxies", kProxies,
            "Load balancers in front; without it, forwarded addresses are ignored."),
};
constexpr Setting kAdmin[] = {
    required(text("address", Type::address, "",
                  "HOST:PORT or unix:PATH of metrics and health, apart from the public side.")),
    section("tls", kTls,
            "Off loopback it must be there, with `client_ca`: a client certificate is the "
            "credential of `/metrics`."),
};

// Where things are kept.
constexpr Setting kState[] = {
    text("directory", Type::path, "/var/lib/gatehouse", "Folder of the database, mode 0700."),
    later("url", "a database server for the state"),
};
constexpr Setting kSecrets[] = {
    text("pepper", Type::secret_file, "(secrets/pepper in the state directory)",
         "File with the key that API keys are hashed with."),
    text("salt_key", Type::secret_file, "(secrets/salt in the state directory)",
         "File with the key that cache salts are made with."),
    later("audit_key", "the audit log"),
};

// Upstreams and models.
constexpr Setting kUpstreamTimeouts[] = {
    duration("connect", "3s", {"10ms", "1m"}, "To connect."),
    duration("first_byte", "120s", {"100ms", "24h"}, "To the first byte of a stream."),
    duration("idle", "60s", {"100ms", "24h"},
             "Between two events of a stream; a comment counts as one."),
    duration("total", "30m", {"1s", "24h"}, "The whole exchange, streamed or not."),
};
constexpr Setting kUpstream[] = {
    required(text("name", Type::name, "", "What models refer to.")),
    text("url", Type::url, "", "http://HOST:PORT, https://HOST:PORT or unix:PATH."),
    words("urls", Type::url, "Several equal servers instead of one `url`."),
    text("ca", Type::path, "(the system's authorities)",
         "PEM file with the authorities of an https upstream."),
    required(text("vllm", Type::version, "",
                  "Its vLLM version; decides which fields it is sent and what it can isolate.")),
    text("vllm_accept_newer", Type::boolean, "false",
         "Treat a version newer than this program knows as the newest that it knows."),
    text("api_key", Type::secret, "", "What the server was started with as --api-key."),
    text("prefix_caching", Type::boolean, "true",
         "Whether its prefix cache is on; say false only when it was started without."),
    duration(
        "health", "10s", {"1s", "10m"},
        "How often GET /health is asked; off: a connection is made at the start and while it is "
        "down.",
        "off"),
    section("timeouts", kUpstreamTimeouts, "How long the upstream may take."),
    count("in_flight", "1024", {"1", "100k"}, "Exchanges at once over all its urls."),
};
constexpr Setting kModel[] = {
    required(text("name", Type::model_name, "", "What clients say.")),
    text("served_as", Type::served_name, "(name)", "What the upstream calls it."),
    required(text("upstream", Type::name, "", "Where it is served.")),
    required(count("max_model_len", "", {"16", "100M"}, "Its context in tokens.")),
    required(words("endpoints", Type::choice, "What it may be used for.", kEndpointNames)),
    words("adapters", Type::model_name,
          "LoRA adapters on it; each is a model of its own, with these settings."),
    section("limits", kLimits, "What binds everybody's use of the model."),
    later("price", "money budgets"),
};

// Tenants.
constexpr Setting kRequest[] = {
    bytes("max_body", "1MiB", {"1KiB", "64MiB"}, "Size of the body."),
    count("max_prompt_tokens", "6000", {"1", "100M"}, "Tokens of the prompt, estimated."),
    count("max_tokens", "1024", {"1", "100M"}, "Most that may be asked for as `max_tokens`."),
    count("default_max_tokens", "512", {"1", "100M"},
          "What is asked for when the client does not."),
    count("n", "1", {"1", "128"}, "Choices per prompt."),
    count("n_times_max_tokens", "(n × max_tokens)", {"1", "1G"},
          "Most that `n` times `max_tokens` may come to."),
    count("prompts", "1", {"1", "2048"}, "Entries of a list `prompt`."),
    count("inputs", "64", {"1", "4096"}, "Entries of a list `input`."),
    count("messages", "256", {"1", "10k"}, "Messages of a chat."),
    count("stop", "4", {"0", "64"}, "Stop strings."),
    count("logprobs", "deny", {"1", "20"}, "Most that may be asked for per token.", "deny"),
    choice("tools", kAllowDeny, "allow", "Tool definitions."),
    count("tool_count", "64", {"1", "1024"}, "Tools of one request."),
    bytes("tool_bytes", "64KiB", {"1KiB", "4MiB"}, "Size of all tool definitions together."),
    bytes("schema_bytes", "32KiB", {"0", "1MiB"}, "Size of a response schema."),
    count("schema_depth", "16", {"1", "48"}, "Depth of a response or tool schema."),
    choice("media", kMediaModes, "deny", "Images and sound: none, or only as `data:` URLs."),
    count("media_count", "4", {"1", "64"}, "Media parts of one request."),
    bytes("media_bytes", "4MiB", {"1KiB", "64MiB"}, "Size of one media part as sent."),
};
constexpr Setting kIsolation[] = {
    text("cache", Type::cache, "tenant",
         "Who shares the prefix cache: `tenant`, `user`, `request` (nobody), `group:NAME` or "
         "`shared` (everybody)."),
};
constexpr Setting kDefaults[] = {
    section("request", kRequest, "Caps on one request."),
    section("limits", kLimits, "What binds each tenant as a whole, its keys and its users."),
    section("isolation", kIsolation, "What tenants may learn of each other."),
    later("audit", "the audit log"),
};
constexpr Setting kTenant[] = {
    required(text("name", Type::name, "", "What keys are created for.")),
    required(words("models", Type::model_name, "Models and adapters that it may use.")),
    section("request", kRequest, "Caps on one request; what is absent comes from `defaults`."),
    section("limits", kLimits, "What binds the tenant as a whole, its keys and its users."),
    section("isolation", kIsolation, "What other tenants may learn of it."),
    text("upstream", Type::routes, "", "Its own instance of a model: { MODEL: UPSTREAM }."),
    later("audit", "the audit log"),
};

// The rest.
constexpr Setting kLog[] = {
    text("requests", Type::log_target, "stdout",
         "One JSON line per request: stdout, stderr, none, or a PATH that is reopened on SIGHUP."),
    choice("level", kLevels, "info", "What the program says about itself, on stderr."),
};
constexpr Setting kMemory[] = {
    bytes("bodies_per_worker", "256MiB", {"1MiB", "64GiB"},
          "Request bodies and whole answers held by one worker."),
    bytes("bodies_per_tenant", "64MiB", {"1MiB", "64GiB"},
          "Request bodies and whole answers held for one tenant."),
};

constexpr Setting kPolicy[] = {
    required(count("version", "", {"1", "1"}, "The version of this format.")),
    words("include", Type::path,
          "More files, relative to this one: lists are joined, every other setting may be in "
          "one file only."),
    sections("listen", kListen, "Where clients connect."),
    section("admin", kAdmin, "Where operators connect; absent: nowhere."),
    section("state", kState, "What has to survive a restart."),
    section("secrets", kSecrets, "The state's own secrets, when they are to be kept elsewhere."),
    sections("upstreams", kUpstream, "vLLM servers."),
    sections("models", kModel, "What can be asked for."),
    section("defaults", kDefaults, "Where every tenant starts."),
    sections("tenants", kTenant, "Who may ask."),
    section("limits", kLimits, "What binds all tenants together, and every key and user."),
    section("log", kLog, "What is written down."),
    duration("drain", "30s", {"0s", "1h"}, "How long streams may finish after SIGTERM."),
    count("workers", "(one per core)", {"1", "256"}, "Threads that serve."),
    section("memory", kMemory, "How much request bodies may take."),
    later("audit", "the audit log"),
    later("cluster", "limits across several gateways"),
    later("deploy", "rendering of manifests"),
    later("guard", "prompt and tool-call inspection"),
    later("sinks", "the audit log"),
    later("identity", "JWT and client-certificate identities"),
};

}  // namespace

std::span<const Setting> settings() {
  return kPolicy;
}

const Setting* find(std::span<const Setting> members, std::string_view name) {
  for (const Setting& setting : members) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

const Setting* find_setting(std::string_view path) {
  std::span<const Setting> members = settings();
  for (;;) {
    const auto end = path.find_first_of(".[");
    const Setting* setting = find(members, path.substr(0, end));
    if (setting == nullptr || end == std::string_view::npos) return setting;
    const bool is_list = path.substr(end).starts_with("[].");
    if (is_list != (setting->type == Type::sections)) return nullptr;
    path.remove_prefix(end + (is_list ? 3 : 1));
    members = setting->members;
  }
}

}  // namespace gh::policy
