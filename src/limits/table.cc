#include "limits/table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

#include "base/check.h"
#include "limits/shard.h"

namespace gh::limits {
namespace {

constexpr std::size_t kSubjectsPerShard = 256;  // few, since a full shard is searched in whole
constexpr std::size_t kFewestShards = 16;       // so that workers seldom meet at a lock
constexpr Duration kConcurrencyWait = std::chrono::seconds(1);

// An ask and the entry it found; null while its subject has none.
struct Place {
  const Ask* ask = nullptr;
  Entry* entry = nullptr;
};

// The locks of several shards, taken in the order of their addresses: two calls can never wait for
// each other.
class Locks {
 public:
  void add(Shard& shard) {
    const auto end = shards_.begin() + static_cast<std::ptrdiff_t>(count_);
    if (std::find(shards_.begin(), end, &shard) == end) shards_[count_++] = &shard;
  }
  void lock() {
    std::sort(shards_.begin(), shards_.begin() + static_cast<std::ptrdiff_t>(count_));
    for (std::size_t i = 0; i < count_; ++i) locks_[i] = std::unique_lock(shards_[i]->mutex);
  }

 private:
  std::array<Shard*, kMostAsks> shards_{};
  std::array<std::unique_lock<std::mutex>, kMostAsks> locks_;
  std::size_t count_ = 0;
};

Standing standing(const Bucket& bucket, const policy::Rate& rate, MonoTime now) {
  const Duration reset = bucket.used == 0 ? Duration{} : bucket.idle_at(rate) - now;
  return {rate.count, rate.burst - std::min(bucket.used, rate.burst), reset};
}

std::optional<Denial> rate_denial(const Ask& ask, Bucket bucket, MonoTime now) {
  if (ask.rate == nullptr) return std::nullopt;
  bucket.drain(*ask.rate, now);
  if (bucket.has_room(*ask.rate)) return std::nullopt;
  return Denial{ask.subject.scope, false, ask.rate->rule, bucket.wait(*ask.rate, now),
                standing(bucket, *ask.rate, now)};
}

std::optional<Denial> concurrency_denial(const Ask& ask, std::uint32_t in_flight) {
  if (ask.concurrent == nullptr || in_flight < ask.concurrent->most) return std::nullopt;
  return Denial{ask.subject.scope, true, ask.concurrent->rule, kConcurrencyWait, std::nullopt};
}

void keep_longer(std::optional<Denial>& kept, const std::optional<Denial>& other) {
  if (other && (!kept || other->retry_after > kept->retry_after)) kept = other;
}

// As the rates are at `now`.
Pace pace_of(std::span<const Place> places, MonoTime now) {
  Pace pace;
  for (const auto& [ask, entry] : places) {
    if (ask->rate == nullptr) continue;
    Bucket bucket = entry == nullptr ? Bucket{} : entry->bucket;
    bucket.drain(*ask->rate, now);
    const Standing here = standing(bucket, *ask->rate, now);
    if (!pace.standing || nearer_to_its_end(here, *pace.standing)) pace.standing = here;
    if (!bucket.has_room(*ask->rate)) {
      pace.wait = std::max(pace.wait, bucket.wait(*ask->rate, now));
    }
  }
  return pace;
}

std::optional<Denial> why_not(std::span<const Place> places, MonoTime now) {
  std::optional<Denial> denial;
  for (const auto& [ask, entry] : places) {
    keep_longer(denial, rate_denial(*ask, entry == nullptr ? Bucket{} : entry->bucket, now));
    keep_longer(denial, concurrency_denial(*ask, entry == nullptr ? 0 : entry->in_flight));
  }
  if (denial && denial->concurrency) denial->standing = pace_of(places, now).standing;
  return denial;
}

}  // namespace

bool nearer_to_its_end(const Standing& a, const Standing& b) {
  return a.remaining != b.remaining ? a.remaining < b.remaining : a.reset > b.reset;
}

Lease::Lease(Lease&& other) noexcept {
  *this = std::move(other);
}

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  release();
  table_ = other.table_;
  std::copy_n(other.held_, other.count_, held_);
  count_ = std::exchange(other.count_, std::uint8_t{0});
  return *this;
}

void Lease::release() {
  for (; count_ > 0; --count_) table_->give_back(held_[count_ - 1]);
}

Table::Table(std::size_t capacity)
    : shard_count_(std::max(kFewestShards, std::bit_ceil(capacity / kSubjectsPerShard + 1))),
      shards_(std::make_unique<Shard[]>(shard_count_)),
      hash_key_(random_sip_key()) {
  // Hashing does not fill shards evenly; half as much again is six deviations or more.
  const std::size_t fair = capacity / shard_count_ + 1;
  for (std::size_t i = 0; i < shard_count_; ++i) shards_[i].reserve(fair + fair / 2 + 16);
}

Table::~Table() = default;

Subject Table::subject(Scope scope, std::string_view subject_name) const {
  // The scope is mixed in, so that a tenant and a key of one name share neither shard nor chain.
  const std::uint64_t hash = siphash(hash_key_, subject_name);
  return {scope, std::rotl(hash, 7 * static_cast<int>(scope))};
}

Shard& Table::shard(const Subject& subject) const {
  return shards_[subject.hash & (shard_count_ - 1)];
}

// Asks with the entries that they found, whose shards are locked while it lives. It is on the stack
// of each request, so that nothing is allocated.
class Table::Held {
 public:
  Held(const Table& table, std::span<const Ask> asks) : count_(asks.size()) {
    GH_CHECK(asks.size() <= kMostAsks);
    for (const Ask& ask : asks) locks_.add(table.shard(ask.subject));
    locks_.lock();
    for (std::size_t i = 0; i < count_; ++i) {
      places_[i] = {&asks[i], table.shard(asks[i].subject).find(asks[i].subject)};
    }
  }
  std::span<Place> places() { return std::span(places_).first(count_); }

 private:
  std::array<Place, kMostAsks> places_;
  Locks locks_;
  std::size_t count_;
};

std::expected<Admission, Denial> Table::admit(std::span<const Ask> asks, MonoTime now) {
  Held held(*this, asks);
  const std::span<Place> places = held.places();
  if (std::optional<Denial> denial = why_not(places, now)) return std::unexpected(*denial);
  // Every entry must exist before anything is taken: this is the last step that can fail.
  std::array<Entry*, kMostAsks> kept{};  // which do not give way to each other
  for (std::size_t i = 0; i < places.size(); ++i) kept[i] = places[i].entry;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Subject& subject = asks[i].subject;
    if (kept[i] == nullptr) kept[i] = shard(subject).make(subject, kept);
    if (kept[i] == nullptr) {
      return std::unexpected(
          Denial{subject.scope, true, kTableFull, kConcurrencyWait, std::nullopt});
    }
    places[i].entry = kept[i];
  }

  Admission admission;
  admission.lease.table_ = this;
  admission.taken.at = now;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Ask& ask = asks[i];
    Entry& entry = *places[i].entry;
    if (ask.rate != nullptr) {
      entry.bucket.drain(*ask.rate, now);
      entry.bucket.take();
      entry.idle_at = entry.bucket.idle_at(*ask.rate);
      admission.taken.turns[i] = ++entry.taken;
    }
    if (ask.concurrent != nullptr) {
      ++entry.in_flight;
      admission.lease.held_[admission.lease.count_++] = ask.subject;
    }
  }
  static_cast<Pace&>(admission) = pace_of(places, now);
  return admission;
}

Pace Table::withdraw(std::span<const Ask> asks, const Taken& taken, MonoTime now) {
  Held held(*this, asks);
  const std::span<Place> places = held.places();
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& [ask, entry] = places[i];
    if (ask->rate == nullptr || entry == nullptr) continue;  // or it was idle and gave way
    entry->bucket.drain(*ask->rate, now);
    entry->bucket.give_back(*ask->rate, taken.at, entry->taken - taken.turns[i], now);
    entry->idle_at = entry->bucket.idle_at(*ask->rate);
  }
  return pace_of(places, now);
}

std::uint32_t Table::in_flight(Subject subject) const {
  Shard& in = shard(subject);
  const std::scoped_lock lock(in.mutex);
  const Entry* entry = in.find(subject);
  return entry == nullptr ? 0 : entry->in_flight;
}

std::size_t Table::size() const {
  std::size_t size = 0;
  for (std::size_t i = 0; i < shard_count_; ++i) {
    const std::scoped_lock lock(shards_[i].mutex);
    size += shards_[i].size();
  }
  return size;
}

void Table::give_back(const Subject& subject) {
  Shard& in = shard(subject);
  const std::scoped_lock lock(in.mutex);
  Entry* entry = in.find(subject);
  if (entry == nullptr || entry->in_flight == 0) {
    GH_BUG("a lease for a subject with nothing in flight");
    return;
  }
  --entry->in_flight;
}

}  // namespace gh::limits
