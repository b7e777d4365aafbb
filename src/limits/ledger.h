#pragma once
// The seam for token and money budgets: hold before the call, settle after it.
//
// A `Reservation` is what an exchange holds between admission and its end. Settling it charges
// what was used; letting it die unsettled is a bug that is counted in release and aborts in tests,
// because a lost hold is money. A Ledger completes through a callback, inline when it is local, so
// that one behind a network fits without change.

#include <cstdint>
#include <functional>
#include <memory>

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
  virtual void settle(std::uint64_t id, const Usage& used) = 0;
};

// Holds nothing back; counts what was settled. Thread-safe.
class OpenLedger final : public Ledger {
 public:
  void reserve(const Hold& hold, Reserved done) override;
  void settle(std::uint64_t id, const Usage& used) override;
};

}  // namespace gh::limits
