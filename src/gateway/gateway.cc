#include "gateway/gateway.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <thread>
#include <utility>

#include "base/log.h"
#include "gateway/fixed_settings.h"
#include "net/signal.h"

namespace gh::gateway {
namespace {

// A created or revoked key is in force within a second; the query is one page of SQLite's cache.
constexpr auto kKeyCheck = std::chrono::milliseconds(200);
constexpr auto kCertificateCheck = std::chrono::seconds(1);
constexpr auto kLookUp = std::chrono::seconds(3);  // of upstream names, before we are ready

std::string all_problems(const policy::Loaded& loaded) {
  std::string text;
  for (const policy::Problem& problem : loaded.problems) {
    if (!text.empty()) text += '\n';
    text += policy::format(problem);
  }
  return text;
}

std::shared_ptr<const http::ServerOptions> server_options(const policy::Listener& listener) {
  return std::make_shared<const http::ServerOptions>(
      http::ServerOptions{.handshake_timeout = listener.timeouts.handshake,
                          .head_timeout = listener.timeouts.head,
                          .body_timeout = listener.timeouts.body,
                          .keep_alive_timeout = listener.timeouts.keep_alive,
                          .write_timeout = listener.timeouts.write});
}

// One line for each reason, as `policy check` prints them.
void log_refused(std::string_view reasons) {
  log::error("the policy was not reloaded, the old one stays:");
  for (const auto line : std::views::split(reasons, '\n')) {
    log::error("{}", std::string_view(line));
  }
}

log::Level log_level(const std::string& name) {
  if (name == "debug") return log::Level::debug;
  if (name == "warn") return log::Level::warn;
  if (name == "error") return log::Level::error;
  return log::Level::info;
}

std::size_t workers_of(const policy::Snapshot& snapshot) {
  return snapshot.workers > 0 ? snapshot.workers
                              : std::max(1u, std::thread::hardware_concurrency());
}

// For what is there before the first connection; an event loop cannot say that it got none.
Result<> enough_descriptors(const policy::Snapshot& snapshot) {
  constexpr std::size_t kOfProcess = 20;  // files, the control thread, a log, a reload
  constexpr std::size_t kOfLoop = 3;
  const std::size_t workers = workers_of(snapshot);
  const std::size_t needed = kOfProcess + workers * (kOfLoop + snapshot.listeners.size());
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return {};
  return fail(
      "this process may open {} files, and {} workers with {} listeners need {} before the first "
      "connection; raise the limit (`ulimit -n`, LimitNOFILE=) or set fewer `workers`",
      limit.rlim_cur, workers, snapshot.listeners.size(), needed);
}

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::open(const std::string& policy_file) {
  policy::Loaded loaded = policy::load(policy_file);
  if (loaded.snapshot == nullptr) return fail("{}", all_problems(loaded));
  for (const policy::Problem& note : loaded.notes) log::warn("{}", policy::format(note));
  const policy::Snapshot& snapshot = *loaded.snapshot;
  if (auto enough = enough_descriptors(snapshot); !enough) return std::unexpected(enough.error());
  auto store = store::KeyStore::open({.directory = snapshot.state_directory,
                                      .pepper_file = snapshot.pepper_file,
                                      .salt_key_file = snapshot.salt_key_file});
  if (!store) return std::unexpected(store.error());
  if (const std::string& begun = store->begun_anew(); !begun.empty()) log::warn("{}", begun);
  std::unique_ptr<Gateway> gateway(new Gateway(std::move(*store)));
  gateway->policy_file_ = policy_file;
  gateway->shared_.pepper = gateway->store_.secrets().pepper.copy();
  gateway->shared_.salt_key = gateway->store_.secrets().salt_key.copy();
  gateway->shared_.started = system_clock().wall();
  log::set_level(log_level(snapshot.log_level));
  auto request_log = RequestLog::open(snapshot.request_log, snapshot.request_log_file);
  if (!request_log) return std::unexpected(request_log.error());
  gateway->shared_.log = std::move(*request_log);
  auto runtime = gateway->make_runtime(loaded.snapshot);
  if (!runtime) return std::unexpected(runtime.error());
  gateway->runtime_ = std::move(*runtime);
  gateway->store_.hurry();  // the control thread answers /healthz and signals
  gateway->remember_certificate_dates();
  gateway->policy_loaded_ = system_clock().wall();
  if (auto bound = gateway->bind_sockets(); !bound) return std::unexpected(bound.error());
  return gateway;
}

Gateway::~Gateway() {
  for (auto& worker : workers_) worker->stop();
  for (auto& worker : workers_) worker->join();
}

Result<std::shared_ptr<const Runtime>> Gateway::make_runtime(
    const std::shared_ptr<const policy::Snapshot>& snapshot) {
  auto runtime = std::make_shared<Runtime>();
  const auto counter = store_.change_counter();
  if (!counter) return std::unexpected(counter.error());
  const auto keys = store_.all();
  if (!keys) return std::unexpected(keys.error());
  runtime->keys_counter = *counter;
  runtime->directory = identity::Directory::build(snapshot, *keys);
  auto certificates = Certificates::load(*snapshot);
  if (!certificates) return std::unexpected(certificates.error());
  runtime->certificates = std::move(*certificates);
  for (std::size_t i = 0; i < snapshot->upstreams.size(); ++i) {
    const policy::Upstream& upstream = snapshot->upstreams[i];
    std::shared_ptr<UpstreamState> state;
    if (runtime_ != nullptr) {
      const auto same = std::find_if(runtime_->upstreams.begin(), runtime_->upstreams.end(),
                                     [&](const auto& old) { return old->same_as(upstream); });
      if (same != runtime_->upstreams.end()) state = *same;
    }
    if (state == nullptr) {
      std::shared_ptr<const net::TlsClient> client;
      const bool https = std::any_of(upstream.urls.begin(), upstream.urls.end(), [](const auto& u) {
        return u.scheme == policy::UpstreamUrl::Scheme::https;
      });
      if (https) {
        auto loaded = net::TlsClient::load(upstream.ca_file);
        if (!loaded) return std::unexpected(loaded.error());
        client = std::move(*loaded);
      }
      state = std::make_shared<UpstreamState>(snapshot, i, std::move(client));
      if (runtime_ != nullptr) state->take_addresses(runtime_->upstreams);
    }
    runtime->upstreams.push_back(std::move(state));
  }
  for (const policy::Listener& listener : snapshot->listeners) {
    runtime->server_options.push_back(server_options(listener));
    runtime->proxies.emplace_back(listener);
  }
  for (const policy::Tenant& tenant : snapshot->tenants) {
    runtime->tenant_body_bytes.push_back(body_bytes_of(tenant.name));
  }
  return runtime;
}

// Bodies that are held stay counted when the policy changes.
std::shared_ptr<std::atomic<std::uint64_t>> Gateway::body_bytes_of(
    const std::string& tenant) const {
  if (runtime_ != nullptr) {
    const auto& before = runtime_->policy().tenants;
    const auto same = std::ranges::find(before, tenant, &policy::Tenant::name);
    if (same != before.end()) {
      return runtime_->tenant_body_bytes[static_cast<std::size_t>(same - before.begin())];
    }
  }
  return std::make_shared<std::atomic<std::uint64_t>>(0);
}

Result<> Gateway::bind_sockets() {
  const policy::Snapshot& snapshot = runtime_->policy();
  const std::size_t workers = workers_of(snapshot);
  sockets_.resize(workers);
  for (const policy::Listener& listener : snapshot.listeners) {
    auto first = net::listen_on(listener.address);
    if (!first) return std::unexpected(first.error());
    socket_files_.push_back(net::SocketFile::of(listener.address));
    const std::string address = net::bound_address(*first, listener.address);
    addresses_.push_back((listener.tls ? "https://" : "http://") + address);
    const bool is_unix = address.starts_with("unix:");
    for (std::size_t i = 1; i < workers; ++i) {
      // Each worker accepts from a TCP socket of its own; a Unix socket is one for all.
      auto more = is_unix ? Result<Fd>(Fd(fcntl(first->get(), F_DUPFD_CLOEXEC, 0)))
                          : net::listen_on(address, net::Share::join);
      if (!more) return std::unexpected(more.error());
      if (!more->valid()) return fail("{}: {}", address, errno_text(errno));
      sockets_[i].push_back(std::move(*more));
    }
    sockets_[0].push_back(std::move(*first));
  }
  return {};
}

void Gateway::run(std::function<void()> ready) {
  const net::Signal hup(
      loop_, SIGHUP,
      [](void* self) {
        auto& gateway = *static_cast<Gateway*>(self);
        if (auto done = gateway.reload(); !done) {
          log_refused(done.error().message);
        } else {
          log::info("the policy was reloaded");
        }
      },
      this);
  const auto on_stop = [](void* self) { static_cast<Gateway*>(self)->drain(); };
  const net::Signal term(loop_, SIGTERM, on_stop, this);
  const net::Signal interrupt(loop_, SIGINT, on_stop, this);
  for (std::vector<Fd>& sockets : sockets_) {
    workers_.push_back(std::make_unique<Worker>(shared_, runtime_, std::move(sockets)));
  }
  sockets_.clear();
  running_ = workers_.size();
  for (auto& worker : workers_) {
    worker->start(workers_, [this] { loop_.post([this] { worker_ended(); }); });
  }
  key_timer_ = std::make_unique<net::Timer>(
      loop_, [](void* self) { static_cast<Gateway*>(self)->check_keys(); }, this);
  key_timer_->arm(loop_.now() + kKeyCheck);
  certificate_timer_ = std::make_unique<net::Timer>(
      loop_, [](void* self) { static_cast<Gateway*>(self)->check_certificates(); }, this);
  certificate_timer_->arm(loop_.now() + kCertificateCheck);
  ready_ = std::move(ready);
  ready_timer_ = std::make_unique<net::Timer>(
      loop_, [](void* self) { static_cast<Gateway*>(self)->tell_ready(); }, this);
  ready_timer_->arm(loop_.now() + kLookUp);
  health_.watch(runtime_->upstreams, [this] { tell_ready(); });
  loop_.run();
  for (auto& worker : workers_) worker->join();
}

// What a policy's notes have said of them is not said again.
void Gateway::remember_certificate_dates() {
  certificate_dates_.look(runtime_->policy(), runtime_->certificates, system_clock().wall());
}

void Gateway::use(std::shared_ptr<const Runtime> runtime) {
  runtime_ = std::move(runtime);
  for (auto& worker : workers_) worker->use(runtime_);
}

Result<> Gateway::reload() {
  auto loaded = policy::load(policy_file_, {.effective = true});
  const auto reopen_log = [&](const policy::Snapshot& snapshot) {
    return shared_.log->reopen(snapshot.request_log, snapshot.request_log_file);
  };
  const auto refused = [&](std::string why) -> Result<> {
    ++reloads_.refused;
    // SIGHUP also says that the log file was moved away.
    if (auto log = reopen_log(runtime_->policy()); !log) log::error("{}", log.error().message);
    return std::unexpected(Error{std::move(why)});
  };
  if (loaded.snapshot == nullptr) return refused(all_problems(loaded));
  for (const policy::Problem& note : loaded.notes) log::warn("{}", policy::format(note));
  const auto fixed = fixed_settings_changed(runtime_->policy(), loaded);
  if (!fixed.empty()) return refused(fmt::format("{}", fmt::join(fixed, "\n")));
  auto runtime = make_runtime(loaded.snapshot);
  if (!runtime) return refused(runtime.error().message);
  const policy::Snapshot& snapshot = *loaded.snapshot;
  if (auto log = reopen_log(snapshot); !log) return refused(log.error().message);
  log::set_level(log_level(snapshot.log_level));
  // What is known of new upstreams first. A name that is new as well has no address yet: until it
  // has, the URL is not chosen.
  health_.watch((*runtime)->upstreams, {});
  use(std::move(*runtime));
  remember_certificate_dates();
  policy_loaded_ = system_clock().wall();
  ++reloads_.done;
  return {};
}

void Gateway::check_keys() {
  key_timer_->arm(loop_.now() + kKeyCheck);
  const auto looked = look_for_keys();
  const std::string trouble = looked ? "" : looked.error().message;
  if (trouble == key_trouble_) return;  // said once, not five times a second
  if (!looked) {
    log::error("the key store cannot be read, the keys stay as they are: {}", trouble);
  } else {
    log::info("the key store can be read again");
  }
  key_trouble_ = trouble;
}

Result<> Gateway::look_for_keys() {
  std::optional<store::KeyStore> replacement;
  if (store_.is_replaced()) {
    auto store = store_.reopen();
    if (!store) return std::unexpected(store.error());
    replacement = std::move(*store);
  }
  const store::KeyStore& store = replacement ? *replacement : store_;
  const auto counter = store.change_counter();
  if (!counter) return std::unexpected(counter.error());
  if (!replacement && *counter == runtime_->keys_counter) return {};
  const auto keys = store.all();
  if (!keys) return std::unexpected(keys.error());
  auto runtime = std::make_shared<Runtime>(*runtime_);
  runtime->keys_counter = *counter;
  runtime->directory = identity::Directory::build(runtime_->directory->policy_ptr(), *keys);
  use(std::move(runtime));
  // Together with its keys: one that could not be read must be found at the next look again.
  if (replacement) {
    store_ = std::move(*replacement);
    log::info("the key database was replaced; the keys of the new one are in force");
  }
  return {};
}

void Gateway::check_certificates() {
  certificate_timer_->arm(loop_.now() + kCertificateCheck);
  const policy::Snapshot& snapshot = runtime_->policy();
  const Certificates& in_force = runtime_->certificates;
  for (const std::string& line : certificate_dates_.look(snapshot, in_force, system_clock().wall()))
    log::warn("{}", line);
  auto news = certificate_renewal_.look(snapshot, in_force, system_clock().mono());
  for (const std::string& why : news.failures) {
    log::error("a certificate was not reloaded, the old one stays until it can be: {}", why);
  }
  if (!news.renewed) return;
  auto runtime = std::make_shared<Runtime>(*runtime_);
  runtime->certificates = std::move(*news.renewed);
  use(std::move(runtime));
  if (news.changed) log::info("the certificates were reloaded");
}

void Gateway::drain() {
  if (shared_.draining.exchange(true)) return;
  const Duration limit = runtime_->policy().drain;
  log::info("draining: no new connections, at most {} s for what is open",
            std::chrono::duration_cast<std::chrono::seconds>(limit).count());
  for (auto& worker : workers_) worker->drain();
  drain_timer_ = std::make_unique<net::Timer>(
      loop_,
      [](void* self) {
        log::warn("the drain deadline has passed; what is still open is broken off");
        for (auto& worker : static_cast<Gateway*>(self)->workers_) worker->stop();
      },
      this);
  drain_timer_->arm(loop_.now() + limit);
}

void Gateway::tell_ready() {
  ready_timer_->disarm();
  if (ready_) std::exchange(ready_, {})();
}

void Gateway::worker_ended() {
  if (--running_ == 0) loop_.stop();
}

}  // namespace gh::gateway
