#pragma once
// The seam for token and money budgets: hold before the call, settle after it.
//
// A `Reservation` is what an exchange holds between admission and its end. Settling it charges
// what was used; letting it die unsettled is a bug that is counted in release and aborts in tests,
// because a lost hold is money; it then costs the whole hold. A Ledger completes through a
// callback, inline when it is local, so that one behind a network fits without change.

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>

#include "limits/table.h"

namespace gh::limits {

struct Usage {
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  std::uint64_t cached_tokens = 0;
  bool estimated = false;
};

// The most that a request can use: Σ prompt estimates, and prompts × n × max_tokens.
struct Hold {
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
};

class Ledger;

// Move-only; belongs to one exchange, thus to one thread at a time. Must not outlive its ledger.
class Reservation {
 public:
  Reservation() = default;
  Reservation(Ledger& ledger, std::uint64_t id, Hold hold)
      : ledger_(&ledger), id_(id), hold_(hold) {}
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();

  bool open() const { return ledger_ != nullptr; }
  const Hold& hold() const { return hold_; }
  // Charges `used` and gives back the rest. At most once.
  void settle(const Usage& used);
  // Charges the whole hold: a request whose use is unknown costs what it could have used.
  void settle_in_full();
  // Charges nothing: the upstream never began.
  void release();

 private:
  Ledger* ledger_ = nullptr;
  std::uint64_t id_ = 0;
  Hold hold_;
};

class Ledger {
 public:
  using Reserved = std::function<void(std::expected<Reservation, Denial>)>;

  virtual ~Ledger() = default;
  // Calls `done` exactly once, perhaps before it returns, always on the calling thread's loop.
  virtual void reserve(const Hold& hold, Reserved done) = 0;
  // Exactly once for each reservation; called by it, on any thread.
  virtual void settle(std::uint64_t id, const Usage& used) = 0;
};

// Holds nothing back; counts what was settled. Thread-safe.
class OpenLedger final : public Ledger {
 public:
  void reserve(const Hold& hold, Reserved done) override;
  void settle(std::uint64_t id, const Usage& used) override;

  // Reservations that are not settled yet; zero when no request is under way.
  std::uint64_t open() const;
  // The sum of all that was settled; `estimated` when any part of it was.
  Usage total() const;

 private:
  std::atomic<std::uint64_t> next_id_{0};
  std::atomic<std::uint64_t> settled_{0};
  std::atomic<std::uint64_t> prompt_tokens_{0};
  std::atomic<std::uint64_t> completion_tokens_{0};
  std::atomic<std::uint64_t> cached_tokens_{0};
  std::atomic<bool> estimated_{false};
};

}  // namespace gh::limits
