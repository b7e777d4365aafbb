#pragma once
// Request rates and concurrency, exact across all workers.
//
// A `Table` holds one GCRA timestamp and one in-flight count per (scope, subject). `admit` takes
// every limit of a request or none of them. Shards are locked in ascending order, each for a few
// hundred nanoseconds; memory is fixed at construction: when a shard is full, the entry that is
// nearest to idle gives way, which is why untrusted subjects (addresses) have a Table of their own
// that cannot push out tenants and keys. Thread-safe.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "policy/snapshot.h"

namespace gh::limits {

enum class Scope : std::uint8_t { ip, failed_auth, global, model, tenant, user, key };
std::string_view name(Scope scope);

// What a limit counts: a keyed 64-bit hash of the subject's name, so that clients cannot choose
// colliding ones.
struct Subject {
  Scope scope = Scope::global;
  std::uint64_t hash = 0;
  bool operator==(const Subject&) const = default;
};

// One limit to be taken. Either pointer may be null; both stay owned by the policy.
struct Ask {
  Subject subject;
  const policy::Rate* rate = nullptr;
  const policy::Concurrency* concurrent = nullptr;
};

// Why not. For `requests`, waiting `retry_after` admits a client that is alone on its bucket.
struct Denial {
  Scope scope = Scope::global;
  bool concurrency = false;  // false: the request rate
  std::string_view rule;     // of the policy: "tenants.alpha.limits.requests"
  Duration retry_after{};
};

// The request rate that is nearest to its end, for the x-ratelimit headers.
struct Standing {
  std::uint64_t limit = 0;      // requests per period
  std::uint64_t remaining = 0;  // at once, now
  Duration reset{};             // until the bucket is full again
};

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
  static constexpr std::size_t kMost = 6;
  Table* table_ = nullptr;
  Subject held_[kMost];
  std::uint8_t count_ = 0;
};

struct Admission {
  Lease lease;
  std::optional<Standing> standing;  // nothing when no ask had a rate
};

class Table {
 public:
  // `capacity`: how many subjects it can hold at once.
  explicit Table(std::size_t capacity);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  Subject subject(Scope scope, std::string_view name) const;

  // All or none; at most Lease::kMost asks.
  std::expected<Admission, Denial> admit(std::span<const Ask> asks, MonoTime now);
  // Whether `ask`'s rate would pass, without taking anything.
  bool would_pass(const Ask& ask, MonoTime now) const;
  // In-flight count of a subject; for tests and metrics.
  std::uint32_t in_flight(Subject subject) const;
  std::size_t size() const;

 private:
  friend class Lease;
  struct Shard;
  std::unique_ptr<Shard[]> shards_;
  std::size_t shard_mask_;
  std::uint64_t seed_[2];
};

}  // namespace gh::limits
