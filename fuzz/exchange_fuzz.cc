// gh-link: gh_gateway
// Exchanges in any state meet any event: pieces of the request, the client leaving or not reading,
// any answer of the upstream in any pieces, its end or reset, deadlines, a ledger that answers late
// or says no, reloads that take tenants, models and upstreams away, drain and stop. However it
// goes, each exchange ends exactly once, every client can tell how, and nothing stays held.
//
// The input is a list of steps. All runs in one thread, on a clock that only the steps move.

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

#include "exchange_client.h"
#include "exchange_world.h"
#include "gateway/worker.h"

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// Far ahead of the system's, so that waits of other threads stay asleep.
constinit std::atomic<std::int64_t> monotonic{1'000'000'000 * kSecond};

}  // namespace

// In place of the C library's, also for libev. A microsecond passes with each reading.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  if (clock != CLOCK_MONOTONIC) return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  const std::int64_t now = monotonic.fetch_add(1000, std::memory_order_relaxed);
  *time = {.tv_sec = now / kSecond, .tv_nsec = now % kSecond};
  return 0;
}

namespace gh::fuzz {
namespace {

// One input's worker and everybody around it.
class Run {
 public:
  Run(World& world, std::string_view input) : world_(world), input_(input) {
    monotonic += 3600 * kSecond;  // every rate is fresh again
    world_.shared.draining = false;
    world_.ledger->mood = FickleLedger::Mood::prompt;
    worker_ = std::make_unique<gateway::Worker>(world_.shared, runtime(0), std::vector<Fd>());
  }

  void go() {
    const std::uint8_t ending = next();
    for (int steps = 0; !input_.empty() && steps < 400; ++steps) step();
    end_by(ending);
    check();
  }

 private:
  std::uint8_t next() {
    if (input_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(input_.front());
    input_.remove_prefix(1);
    return byte;
  }

  // As Gateway makes it.
  std::shared_ptr<const gateway::Runtime> runtime(std::size_t variant) {
    auto made = std::make_shared<gateway::Runtime>();
    made->directory = world_.directories[variant % world_.directories.size()];
    const policy::Snapshot& snapshot = made->policy();
    for (std::size_t i = 0; i < snapshot.upstreams.size(); ++i) {
      std::shared_ptr<gateway::UpstreamState> state;
      if (!runtimes_.empty()) {
        for (const auto& old : runtimes_.back()->upstreams) {
          if (old->same_as(snapshot.upstreams[i])) state = old;
        }
      }
      if (state == nullptr) {
        state = std::make_shared<gateway::UpstreamState>(made->directory->policy_ptr(), i, nullptr);
      }
      made->upstreams.push_back(std::move(state));
    }
    made->certificates.listeners.emplace_back();
    made->server_options.push_back(std::make_shared<const http::ServerOptions>());
    made->proxies.emplace_back(snapshot.listeners[0]);
    for (std::size_t i = 0; i < snapshot.tenants.size(); ++i) {
      made->tenant_body_bytes.push_back(std::make_shared<std::atomic<std::uint64_t>>(0));
    }
    runtimes_.push_back(made);
    return made;
  }

  void begin() {
    if (clients_.size() >= 24) return;
    const std::uint8_t how = next();
    const Body& body = bodies()[next() % bodies().size()];
    clients_.push_back(std::make_unique<Client>(body.text));
    Client& client = *clients_.back();
    client.slow = (how & 16) != 0;
    if (how >= 240) return refuse_head(client, (how & 1) != 0);
    const bool get = body.text.empty();
    const http::Field fields[] = {
        {.name = "authorization", .value = world_.keys[how % world_.keys.size()]},
        {.name = "content-type", .value = (how & 32) != 0 ? "text/plain" : "application/json"}};
    const bool chunked = (how & 4) != 0;
    http::RequestHead head{.method = get ? http::Method::get : http::Method::post,
                           .target = body.target,
                           .query = {},
                           .authority = "localhost",
                           .fields = fields,
                           .content_length = body.text.size(),
                           .has_body = !get,
                           .expects_continue = (how & 8) != 0};
    if (chunked && !get) head.content_length.reset();
    client.exchange = worker_->begin(0, client, head);
    if (get) end_body(client);
  }

  void refuse_head(Client& client, bool slow) {
    worker_->refuse_head(0, client, slow ? http::Glitch::slow_head : http::Glitch::too_many_fields);
    GH_CHECK(client.ended);
  }

  void send_body(Client& client, std::size_t size) {
    if (client.ended || client.rest.empty()) return;
    const std::string_view piece = client.rest.substr(0, size);
    client.rest.remove_prefix(piece.size());
    client.exchange->on_body(piece, 0);
  }
  void end_body(Client& client) {
    if (client.ended || client.body_ended) return;
    client.body_ended = true;
    client.exchange->on_body_end();
  }
  void leave(Client& client, std::uint8_t how) {
    if (how < 2) return client.break_stream();
    if (how == 7 && client.slow) return client.stall();
    if (client.body_ended || how < 4) return client.leave();
    client.spoil_body(how < 6 ? http::Glitch::slow_body : http::Glitch::bad_chunk);
  }
  void make_writable(Client& client) {
    client.take_all();
    if (!client.ended) client.exchange->on_writable();
  }

  // Adds to what the upstream says on a connection.
  void say(Connection& connection) {
    const std::size_t what = next() % (kSayings + 2);
    if (what < kSayings) {
      connection.to_send += sayings(connection.chat)[what];
    } else if (what == kSayings) {
      connection.to_send += connection.good;
    } else {
      const std::size_t wanted = next() % 32;
      const std::size_t size = std::min(wanted, input_.size());
      connection.to_send += input_.substr(0, size);
      input_.remove_prefix(size);
    }
  }

  void turn() {
    worker_->loop().run_once();
    world_.upstream.pump();
  }

  void step() {
    const std::uint8_t what = next() % 20;
    switch (what) {
      case 0:
        return begin();
      case 1:
        return turn();
      case 2:
        for (int i = 0; i < 4; ++i) turn();
        return;
      case 3: {
        constexpr Duration kSteps[] = {std::chrono::milliseconds(1), std::chrono::seconds(1),
                                       std::chrono::seconds(2), std::chrono::seconds(3),
                                       std::chrono::seconds(50)};
        monotonic += kSteps[next() % std::size(kSteps)].count();
        return;
      }
      case 4:
        return worker_->use(runtime(next()));
      case 5:
        world_.ledger->mood = static_cast<FickleLedger::Mood>(
            next() % static_cast<std::uint8_t>(FickleLedger::Mood::count_));
        return;
      case 6:
        return world_.ledger->answer_oldest();
      case 7:
        world_.shared.draining = next() % 2 == 0;
        if (world_.shared.draining) worker_->drain();
        return;
      case 8:
        if (next() % 8 == 0) worker_->stop();
        return;
      case 9:
      case 10:
      case 11:
      case 12: {
        const std::uint8_t which = next();
        Connection* connection = world_.upstream.connection(which);
        if (connection == nullptr) return;
        say(*connection);
        connection->send((which & 128) != 0 ? next() : SIZE_MAX);
        return;
      }
      case 13:
      case 14: {
        Connection* connection = world_.upstream.connection(next());
        if (connection == nullptr) return;
        if (what == 13) {
          shutdown(connection->fd.get(), SHUT_WR);
        } else {
          connection->close();
          world_.upstream.pump();
        }
        return;
      }
      default: {
        if (clients_.empty()) return;
        const std::uint8_t which = next();
        Client& client = *clients_[(which & 31) % clients_.size()];
        if (client.ended) return;
        if (what == 15) return send_body(client, std::size_t{1} << (which >> 5) * 3);
        if (what == 16 || what == 17) {
          // A body of unknown length may end early.
          send_body(client, which >= 224 ? 8 : SIZE_MAX);
          if (!client.ended) end_body(client);
          return;
        }
        if (what == 18) return leave(client, which >> 5);
        return make_writable(client);
      }
    }
  }

  // Every way to end all exchanges ends them all.
  void end_by(std::uint8_t how) {
    if (how % 5 != 0) {
      world_.ledger->mood = FickleLedger::Mood::prompt;
      while (world_.ledger->waiting()) world_.ledger->answer_oldest();
    }
    const auto leave = [&](bool all) {
      for (auto& client : clients_) {
        if (!client->ended && (all || !client->body_ended)) client->leave();
      }
    };
    switch (how % 5) {
      case 0:  // the worker dies with all that is open
        destroyed_ = true;
        worker_.reset();
        world_.ledger->forget();
        break;
      case 1:  // the clients leave
        leave(true);
        turn();
        break;
      case 2:  // told to stop
        worker_->stop();
        turn();
        turn();
        break;
      case 3:  // the upstreams fall silent, the clients read on
        leave(false);
        for (int i = 0; i < 3; ++i) {
          for (auto& client : clients_) make_writable(*client);
          monotonic += 60 * kSecond;
          for (int turns = 0; turns < 3; ++turns) turn();
        }
        break;
      default:  // the upstreams break off, again and again; no time passes
        leave(false);
        for (int i = 0; i < 12; ++i) {
          for (auto& client : clients_) make_writable(*client);
          turn();
          world_.upstream.close_all();
        }
    }
  }

  void check() {
    for (const auto& client : clients_) GH_CHECK(client->ended);
    if (!destroyed_) {
      // After [DONE] the upstream has a second for its last chunk.
      monotonic += 2 * kSecond;
      for (int i = 0; i < 3; ++i) turn();
      GH_CHECK(worker_->metrics().exchanges == 0 && worker_->metrics().body_bytes == 0);
      std::uint64_t ended = 0;
      for (const auto& [_, count] : worker_->metrics().read().requests) ended += count;
      GH_CHECK(ended == clients_.size());
      worker_.reset();
    }
    world_.upstream.pump();
    world_.upstream.close_all();
    GH_CHECK(world_.ledger->open == 0);
    for (const limits::Subject& subject : world_.subjects) {
      GH_CHECK(world_.shared.principals.in_flight(subject) == 0);
    }
    for (const auto& runtime : runtimes_) {
      for (const auto& upstream : runtime->upstreams) {
        GH_CHECK(upstream->in_flight() == 0);
        for (const auto& url : upstream->urls()) GH_CHECK(url->in_flight == 0);
      }
      for (const auto& bytes : runtime->tenant_body_bytes) GH_CHECK(*bytes == 0);
    }
    GH_CHECK(bug_count() == 0);
  }

  World& world_;
  std::string_view input_;
  std::vector<std::shared_ptr<const gateway::Runtime>> runtimes_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::unique_ptr<gateway::Worker> worker_;
  bool destroyed_ = false;
};

}  // namespace
}  // namespace gh::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static gh::fuzz::World world;
  gh::fuzz::Run(world, {reinterpret_cast<const char*>(data), size}).go();
  return 0;
}
