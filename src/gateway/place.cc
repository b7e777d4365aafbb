#include "gateway/place.h"

#include <utility>

namespace gh::gateway {

void Place::give_back_slots() {
  lease.release();
  model_lease.release();
}

void Place::give_back_model() {
  if (upstream != nullptr) std::exchange(upstream, nullptr)->leave();
  model_lease.release();
}

void Place::give_back() {
  give_back_model();
  lease.release();
}

void DepartingPlaces::keep(Place place) {
  const MonoTime until = loop_.now() + kStopsWithin;
  if (kept_.empty()) timer_.arm(until);
  kept_.push_back({until, std::move(place)});
}

void DepartingPlaces::due(void* self) {
  auto& places = *static_cast<DepartingPlaces*>(self);
  std::deque<Kept>& kept = places.kept_;
  while (!kept.empty() && kept.front().until <= places.loop_.now()) kept.pop_front();
  if (!kept.empty()) places.timer_.arm(kept.front().until);
}

}  // namespace gh::gateway
