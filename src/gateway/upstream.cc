#include "gateway/upstream.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace gh::gateway {
namespace {

constexpr auto kQuiet = std::chrono::seconds(10);
constexpr auto kLeftOut = std::chrono::seconds(30);

}  // namespace

UpstreamUrlState::UpstreamUrlState(const policy::UpstreamUrl& where, std::string of)
    : url(where), upstream(std::move(of)) {
  if (url.scheme == policy::UpstreamUrl::Scheme::unix_socket) {
    has_place_ = true;
  } else if (const auto literal = net::Address::parse_ip(url.host, url.port)) {
    set_addresses({*literal});
  }
}

void UpstreamUrlState::set_addresses(const std::vector<net::Address>& addresses) {
  std::vector<Place> places;
  for (const net::Address& address : addresses) places.push_back({address, {}});
  std::lock_guard lock(mutex_);
  for (Place& place : places) {  // what is known of it stays known
    const auto before = std::ranges::find(places_, place.address, &Place::address);
    if (before != places_.end()) place.left_out_until = before->left_out_until;
  }
  places_ = std::move(places);
  has_place_ = !places_.empty();
}

void UpstreamUrlState::take_addresses(UpstreamUrlState& from) {
  std::vector<net::Address> addresses;
  {
    std::lock_guard lock(from.mutex_);
    for (const Place& place : from.places_) addresses.push_back(place.address);
  }
  if (!addresses.empty()) set_addresses(addresses);
}

std::optional<net::Address> UpstreamUrlState::next_address(MonoTime now) {
  std::lock_guard lock(mutex_);
  if (places_.empty()) return std::nullopt;
  const std::size_t turn = next_++;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[(turn + i) % places_.size()];
    if (place.left_out_until <= now) return place.address;
  }
  return places_[turn % places_.size()].address;
}

void UpstreamUrlState::unreachable(const net::Address& address, MonoTime now,
                                   std::string_view why) {
  {
    std::lock_guard lock(mutex_);
    any_left_out_.store(true, std::memory_order_relaxed);
    bool all = true;
    for (Place& place : places_) {
      if (place.address == address) place.left_out_until = now + kLeftOut;
      all = all && place.left_out_until > now;
    }
    if (!all) return;
  }
  failed(now, Failure::down, why);
}

void UpstreamUrlState::reached(const net::Address& address) {
  if (!any_left_out_.load(std::memory_order_relaxed)) return;
  std::lock_guard lock(mutex_);
  bool any = false;
  for (Place& place : places_) {
    if (place.address == address) place.left_out_until = {};
    any = any || place.left_out_until != MonoTime{};
  }
  any_left_out_.store(any, std::memory_order_relaxed);
}

void UpstreamUrlState::failed(MonoTime now, Failure failure, std::string_view why) {
  const bool down = failure == Failure::down;
  if ((down ? down_ : broken_).failed(now)) tell(down ? Told::down : Told::doubtful, now, why);
}

void UpstreamUrlState::tell(Told state, MonoTime now, std::string_view why) {
  Told told = told_.load(std::memory_order_relaxed);
  if (state <= told) return;
  if (told == Told::well && now.ns < quiet_until_.load(std::memory_order_relaxed)) return;
  if (!told_.compare_exchange_strong(told, state)) return;  // another worker does
  quiet_until_.store((now + kQuiet).ns, std::memory_order_relaxed);
  if (state == Told::down) {
    log::warn("upstream {} ({}) is not well: {}", upstream, url.text,
              why.empty() ? "no connection could be made" : why);
  } else {
    log::warn("upstream {} ({}) is doubtful: 3 answers in a row were broken; others are preferred",
              upstream, url.text);
  }
}

void UpstreamUrlState::succeeded() {
  // Read first: an unconditional store would pull the cache line to every worker per request.
  if (down_.none() && broken_.none() && told_.load(std::memory_order_relaxed) == Told::well) return;
  down_.over();
  broken_.over();
  tell_better();
}

void UpstreamUrlState::is_up() {
  if (down_.none()) return;
  down_.over();
  tell_better();
}

void UpstreamUrlState::tell_better() {
  if (broken_.lasts()) {  // nothing that was said of it is untrue yet, but that it is down
    Told down = Told::down;
    if (told_.compare_exchange_strong(down, Told::doubtful)) {
      log::info("upstream {} ({}) can be reached again; its last answers were broken", upstream,
                url.text);
    }
  } else if (told_.exchange(Told::well) != Told::well) {
    log::info("upstream {} ({}) is well", upstream, url.text);
  }
}

UpstreamState::UpstreamState(std::shared_ptr<const policy::Snapshot> policy, std::size_t index,
                             std::shared_ptr<const net::TlsClient> tls)
    : policy_(std::move(policy)), index_(index), tls_(std::move(tls)) {
  for (const policy::UpstreamUrl& url : definition().urls) {
    urls_.push_back(std::make_unique<UpstreamUrlState>(url, definition().name));
  }
}

void UpstreamState::take_addresses(const std::vector<std::shared_ptr<UpstreamState>>& before) {
  for (const auto& url : urls_) {
    for (const auto& known : before) {
      for (const auto& old : known->urls()) {
        if (old->url.host == url->url.host && old->url.port == url->url.port) {
          url->take_addresses(*old);
        }
      }
    }
  }
}

bool UpstreamState::same_as(const policy::Upstream& other) const {
  const policy::Upstream& mine = definition();
  return mine.name == other.name && mine.ca_file == other.ca_file &&
         mine.surface.version == other.surface.version &&
         mine.api_key.equals(other.api_key.reveal()) &&
         mine.prefix_caching == other.prefix_caching && mine.health == other.health &&
         mine.timeouts.connect == other.timeouts.connect &&
         mine.timeouts.first_byte == other.timeouts.first_byte &&
         mine.timeouts.idle == other.timeouts.idle && mine.timeouts.total == other.timeouts.total &&
         mine.in_flight == other.in_flight &&
         std::equal(mine.urls.begin(), mine.urls.end(), other.urls.begin(), other.urls.end(),
                    [](const auto& a, const auto& b) { return a.text == b.text; });
}

bool UpstreamState::enter() {
  // Not added first and taken back: those that are refused would be seen as places taken.
  std::uint32_t taken = in_flight_.load(std::memory_order_relaxed);
  do {
    if (taken >= definition().in_flight) return false;
  } while (!in_flight_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed));
  return true;
}

UpstreamUrlState* UpstreamState::choose(MonoTime now, const UpstreamUrlState* avoid) {
  UpstreamUrlState* best = nullptr;
  std::pair<bool, std::uint32_t> best_rank;
  const std::uint32_t start = urls_.size() > 1 ? turn_.fetch_add(1, std::memory_order_relaxed) : 0;
  for (std::size_t i = 0; i < urls_.size(); ++i) {
    UpstreamUrlState& url = *urls_[(start + i) % urls_.size()];
    if (&url == avoid || !url.usable(now)) continue;
    const std::pair rank(url.doubtful(now), url.in_flight.load(std::memory_order_relaxed));
    if (best == nullptr || rank < best_rank) {
      best = &url;
      best_rank = rank;
    }
  }
  return best;
}

bool UpstreamState::ready() const {
  return std::ranges::any_of(urls_, [](const auto& url) { return url->healthy(); });
}

}  // namespace gh::gateway
