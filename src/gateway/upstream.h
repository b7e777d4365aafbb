#pragma once
// What all threads share about one upstream: where it is now, whether it is well, how busy it is.
// Made by the control thread; workers read and count. A policy reload keeps the object when the
// upstream's definition is unchanged, so that counts stay exact.

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "gateway/outage.h"
#include "net/address.h"
#include "net/tls.h"
#include "policy/snapshot.h"

namespace gh::gateway {

// One URL of an upstream.
class UpstreamUrlState {
 public:
  UpstreamUrlState(const policy::UpstreamUrl& where, std::string of);

  const policy::UpstreamUrl url;
  const std::string upstream;  // its name
  std::atomic<std::uint32_t> in_flight{0};

  // Addresses as last resolved. A literal has its own from the start; there is none for a Unix
  // socket, and for a name before the first answer, which makes the URL neither usable nor healthy.
  void set_addresses(const std::vector<net::Address>& addresses);
  // Those of another URL of the same host and port.
  void take_addresses(UpstreamUrlState& from);
  // By turn, among those that could be reached; where there is none, among all.
  std::optional<net::Address> next_address(MonoTime now);
  // No connection could be made to one of them (`localhost` is often ::1 as well, where nobody may
  // listen). It is left out for 30 s, and the URL is down when that is so of all of them.
  void unreachable(const net::Address& address, MonoTime now, std::string_view why);
  // A new connection was made.
  void reached(const net::Address& address);

  // What went wrong with it.
  enum class Failure : std::uint8_t {
    down,    // no connection could be made, or the health check says no
    broken,  // an answer broke off, or is the server's own failure (5xx)
  };
  // When it is down it is left alone for a while: 1 s, doubling up to 30 s. After three broken
  // answers in a row it is doubtful for as long: others are preferred, but where there is no other
  // it goes on, because one client's prompts must not close a server to everybody. A good answer
  // clears both; an answer that is neither good nor broken (4xx) says nothing of it. A good health
  // check says only that it is not down: vLLM's stays 200 while it drains and refuses requests.
  // The log says so at once, with `why` where it is known: when it gets worse and when it is well
  // again, not each time, and for one that comes and goes every 10 s at most.
  void failed(MonoTime now, Failure failure, std::string_view why = {});
  void succeeded();
  void is_up();
  bool usable(MonoTime now) const {
    return has_place_.load(std::memory_order_relaxed) && !down_.leaves_alone(now);
  }
  bool doubtful(MonoTime now) const { return broken_.leaves_alone(now); }
  // No connection that was open by then is used again, whichever worker has it.
  void distrust(MonoTime now) { distrusted_at_.store(now.ns, std::memory_order_relaxed); }
  bool trusts_from(MonoTime made_at) const {
    return made_at.ns > distrusted_at_.load(std::memory_order_relaxed);
  }
  // False from the moment that it is left alone until it answers: one broken exchange proves
  // little.
  bool healthy() const { return has_place_.load(std::memory_order_relaxed) && !down_.lasts(); }

 private:
  enum class Told : std::uint8_t { well, doubtful, down };
  void tell(Told state, MonoTime now, std::string_view why);
  void tell_better();

  Outage down_{1};
  Outage broken_{3};                    // apart, so that no prompt makes a pause longer
  std::atomic<Told> told_{Told::well};  // what the log said last
  std::atomic<std::int64_t> quiet_until_{0};
  std::atomic<std::int64_t> distrusted_at_{0};
  // Whether there is anywhere to connect to; written under mutex_.
  std::atomic<bool> has_place_{false};
  struct Place {
    net::Address address;
    MonoTime left_out_until;
  };
  std::atomic<bool> any_left_out_{false};
  std::mutex mutex_;
  std::vector<Place> places_;  // guarded by mutex_
  std::size_t next_ = 0;
};

class UpstreamState {
 public:
  UpstreamState(std::shared_ptr<const policy::Snapshot> policy, std::size_t index,
                std::shared_ptr<const net::TlsClient> tls);

  const policy::Upstream& definition() const { return policy_->upstreams[index_]; }
  const std::shared_ptr<const net::TlsClient>& tls() const { return tls_; }
  const std::vector<std::unique_ptr<UpstreamUrlState>>& urls() const { return urls_; }
  // Before it is used: where its names are, as far as `before` knows.
  void take_addresses(const std::vector<std::shared_ptr<UpstreamState>>& before);
  // Whether `other` describes the same upstream in every respect.
  bool same_as(const policy::Upstream& other) const;

  // One of `in_flight` exchanges; false when all are taken. Give it back with leave().
  bool enter();
  void leave() { in_flight_.fetch_sub(1, std::memory_order_relaxed); }
  std::uint32_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }

  // The usable URL with the fewest exchanges, doubtful ones last, ties by turn; null when none is
  // usable. `avoid` is not chosen (for a second attempt).
  UpstreamUrlState* choose(MonoTime now, const UpstreamUrlState* avoid);
  // Whether requests may as well come: a URL is healthy.
  bool ready() const;

 private:
  std::shared_ptr<const policy::Snapshot> policy_;  // keeps the definition alive
  std::size_t index_;
  std::shared_ptr<const net::TlsClient> tls_;
  std::vector<std::unique_ptr<UpstreamUrlState>> urls_;
  std::atomic<std::uint32_t> in_flight_{0};
  std::atomic<std::uint32_t> turn_{0};
};

}  // namespace gh::gateway
