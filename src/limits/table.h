#pragma once
// Request rates and concurrency, exact across all workers.
//
// A `Table` holds one bucket (bucket.h) and one in-flight count per (scope, subject). `admit` takes
// every limit of a request or none of them. Shards are locked in ascending order, each for a few
// hundred nanoseconds. Memory is fixed at construction: in a full shard the entry that is idle
// soonest gives way, which is why untrusted subjects (addresses) have a Table of their own that
// cannot push out tenants and keys. An entry with requests in flight never gives way; where there
// is nothing else left, a new subject is denied. Thread-safe.
//
// Limits come with every call and are not kept, so a reload needs no hand-over: what a subject has
// used stays used, and drains at the new pace into a bucket of the new size.

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/siphash.h"
#include "policy/snapshot.h"

namespace gh::limits {

enum class Scope : std::uint8_t { ip, failed_auth, global, model, tenant, user, key };

// What a limit counts: a keyed 64-bit hash of the subject's name, so that clients cannot choose
// colliding ones.
struct Subject {
  Scope scope = Scope::global;
  std::uint64_t hash = 0;
  bool operator==(const Subject&) const = default;
};

// What is to be taken of one subject. Either pointer may be null; both stay owned by the policy.
struct Ask {
  Subject subject;
  const policy::Rate* rate = nullptr;
  const policy::Concurrency* concurrent = nullptr;
};

// Of one request: everybody, its tenant, its user by the tenant's rate and by everybody's, its key
// by those and by its own.
inline constexpr std::size_t kMostAsks = 7;

// The state of a request rate, for the x-ratelimit headers.
struct Standing {
  std::uint64_t limit = 0;      // requests per period
  std::uint64_t remaining = 0;  // at once, now
  Duration reset{};             // until the bucket is full again
};

// Whether `a` is the one to tell a client of.
bool nearer_to_its_end(const Standing& a, const Standing& b);

// Why not: of several reasons the one that lasts longest. For a request rate, waiting `retry_after`
// admits a client that is alone on its bucket and a nanosecond less does not; how long concurrency
// lasts nobody knows, it says one second.
struct Denial {
  Scope scope = Scope::global;
  bool concurrency = false;  // false: the request rate
  std::string_view rule;     // of the policy: "tenants.alpha.limits.requests"; or kTableFull
  Duration retry_after{};
  // Of the rate that denied; for concurrency of the one with the least remaining, if any was asked.
  std::optional<Standing> standing;
};
inline constexpr std::string_view kTableFull = "limits.table_full";

class Shard;  // shard.h
class Table;

// Slots of concurrency that were taken; gives them back when it dies or on release(). Move-only;
// may die on another thread than it was made on. Must not outlive its Table.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { release(); }
  void release();
  bool empty() const { return count_ == 0; }

 private:
  friend class Table;
  Table* table_ = nullptr;
  Subject held_[kMostAsks];
  std::uint8_t count_ = 0;
};

// The rates that were asked, once the request is taken or has been withdrawn.
struct Pace {
  std::optional<Standing> standing;  // of the one with the least remaining; nothing without any
  // Until they would take one more, if nobody else asks: zero when they would now.
  Duration wait{};
};

// When a request was taken, and as which of each rate's, in the order of its asks.
struct Taken {
  MonoTime at;
  std::array<std::uint32_t, kMostAsks> turns{};
};

struct Admission : Pace {
  Lease lease;
  Taken taken;
};

class Table {
 public:
  // Holds `capacity` subjects without any giving way; 84 bytes for each.
  explicit Table(std::size_t capacity);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  Subject subject(Scope scope, std::string_view name) const;

  // All or none; at most kMostAsks asks, of different subjects. Costs a lock for each shard and
  // for a full shard a pass over its few hundred entries.
  std::expected<Admission, Denial> admit(std::span<const Ask> asks, MonoTime now);
  // Undoes what a request of these asks took of rates, when another limit has refused it; its lease
  // is apart. As if it had not been when it is decided at once, and in any case nobody is admitted
  // who would not have been then (bucket.h).
  Pace withdraw(std::span<const Ask> asks, const Taken& taken, MonoTime now);
  // In-flight count of a subject; for tests and metrics.
  std::uint32_t in_flight(Subject subject) const;
  std::size_t size() const;

 private:
  friend class Lease;
  class Held;

  Shard& shard(const Subject& subject) const;
  void give_back(const Subject& subject);

  std::size_t shard_count_;  // a power of two
  std::unique_ptr<Shard[]> shards_;
  SipKey hash_key_;
};

}  // namespace gh::limits
