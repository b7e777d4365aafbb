#pragma once
// What a request that runs takes from others: its slots of concurrency and its place at the
// upstream. One whose connection to vLLM was closed before the answer was whole is still at work
// there for 10 to 60 ms (vLLM 0.32 and 0.33, measured); until then its place is not free, or a
// client with one slot would have many at work by leaving and coming back. Loop thread only.

#include <chrono>
#include <deque>
#include <memory>

#include "gateway/upstream.h"
#include "limits/table.h"
#include "net/loop.h"

namespace gh::gateway {

// Given back when it dies. `upstream`, when there is one, was entered.
struct Place {
  limits::Lease lease;
  limits::Lease model_lease;
  std::shared_ptr<UpstreamState> upstream;

  Place() = default;
  Place(Place&&) = default;
  Place& operator=(Place&&) = delete;
  ~Place() { give_back(); }
  // What the model and its upstream limit; the rest is kept.
  void give_back_model();
  // What limits count as running; the place at the upstream is kept.
  void give_back_slots();
  void give_back();
};

class DepartingPlaces {
 public:
  static constexpr Duration kStopsWithin = std::chrono::milliseconds(100);

  explicit DepartingPlaces(net::Loop& loop) : loop_(loop), timer_(loop, due, this) {}
  void keep(Place place);

 private:
  struct Kept {
    MonoTime until;
    Place place;
  };
  static void due(void* self);

  net::Loop& loop_;
  std::deque<Kept> kept_;  // the oldest first
  net::Timer timer_;
};

}  // namespace gh::gateway
