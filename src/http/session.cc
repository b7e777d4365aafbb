#include "http/session.h"

#include <algorithm>
#include <utility>

#include "http/h2_library.h"

namespace gh::http {

Shared::Shared(ServerEvents& receiver) : events(receiver), h2(std::make_unique<H2Library>()) {}

Shared::~Shared() = default;

std::string_view Shared::date() {
  const WallTime now = system_clock().wall();
  if (now.seconds() != date_second_) {
    date_second_ = now.seconds();
    date_ = http_date(now);
  }
  return date_;
}

std::unique_ptr<H1Request> Shared::take_parser() {
  if (spare_ != nullptr) return std::move(spare_);
  return std::make_unique<H1Request>();
}

void Shared::give_back(std::unique_ptr<H1Request> parser) {
  if (spare_ != nullptr) return;
  parser->reset();
  spare_ = std::move(parser);
}

MonoTime body_deadline(const ServerOptions& options, MonoTime now, std::uint64_t size) {
  // Nobody sends for more than a day; and so the sum cannot overflow.
  constexpr std::uint64_t kDay = 86'400;
  const std::uint64_t rate = std::max<std::uint64_t>(options.body_min_rate, 1);
  return now + options.body_timeout + std::chrono::seconds(std::min(size / rate, kDay));
}

std::string glitch_text(Glitch glitch) {
  return "refused: " + std::string(name(glitch)) + "\n";
}

}  // namespace gh::http
