#include "limits/ledger.h"

#include <utility>

#include "base/check.h"

namespace gh::limits {

Reservation::Reservation(Reservation&& other) noexcept
    : ledger_(std::exchange(other.ledger_, nullptr)), id_(other.id_), hold_(other.hold_) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    Reservation dropped(std::move(*this));
    ledger_ = std::exchange(other.ledger_, nullptr);
    id_ = other.id_;
    hold_ = other.hold_;
  }
  return *this;
}

Reservation::~Reservation() {
  if (!open()) return;
  GH_BUG("a reservation died unsettled");
  settle_in_full();
}

void Reservation::settle(const Usage& used) {
  Ledger* const ledger = std::exchange(ledger_, nullptr);
  if (ledger == nullptr) {
    GH_BUG("a reservation was settled twice");
    return;
  }
  ledger->settle(id_, used);
}

void Reservation::settle_in_full() {
  settle({hold_.prompt_tokens, hold_.completion_tokens, 0, true});
}

void Reservation::release() {
  settle({});
}

void OpenLedger::reserve(const Hold& hold, Reserved done) {
  done(Reservation(*this, next_id_.fetch_add(1, std::memory_order_relaxed) + 1, hold));
}

void OpenLedger::settle(std::uint64_t, const Usage& used) {
  prompt_tokens_.fetch_add(used.prompt_tokens, std::memory_order_relaxed);
  completion_tokens_.fetch_add(used.completion_tokens, std::memory_order_relaxed);
  cached_tokens_.fetch_add(used.cached_tokens, std::memory_order_relaxed);
  if (used.estimated) estimated_.store(true, std::memory_order_relaxed);
  settled_.fetch_add(1, std::memory_order_release);
}

std::uint64_t OpenLedger::open() const {
  // In this order a reservation settled in between is not counted below zero.
  const std::uint64_t settled = settled_.load(std::memory_order_acquire);
  return next_id_.load(std::memory_order_relaxed) - settled;
}

Usage OpenLedger::total() const {
  return {prompt_tokens_.load(std::memory_order_relaxed),
          completion_tokens_.load(std::memory_order_relaxed),
          cached_tokens_.load(std::memory_order_relaxed),
          estimated_.load(std::memory_order_relaxed)};
}

}  // namespace gh::limits
