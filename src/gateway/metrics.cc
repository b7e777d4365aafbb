#include "gateway/metrics.h"

#include <algorithm>

namespace gh::gateway {

void Histogram::observe(Duration value) {
  const double seconds = std::chrono::duration<double>(value).count();
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++counts[static_cast<std::size_t>(bound - kBounds.begin())];
  sum += seconds;
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  sum += other.sum;
}

void Metrics::record(const RequestRecord& record, MonoTime now) {
  std::lock_guard lock(mutex_);
  ++data_
        .requests[RequestKey{.tenant = std::string(record.tenant),
                             .model = std::string(record.model),
                             .route = std::string(record.route ? name(*record.route) : "none"),
                             .status = record.status,
                             .reason = std::string(record.code ? policy::name(*record.code) : "")}];
  ++data_.endings[std::string(name(record.ending))];
  if (!record.auth_failure.empty()) ++data_.auth_failures[std::string(record.auth_failure)];
  data_.ignored_fields += record.ignored_fields;
  if (!record.admitted) return;
  Traffic& traffic = data_.traffic[TrafficKey{.tenant = std::string(record.tenant),
                                              .model = std::string(record.model)}];
  traffic.prompt_tokens += record.usage.prompt_tokens;
  traffic.completion_tokens += record.usage.completion_tokens;
  traffic.cached_tokens += record.usage.cached_tokens;
  traffic.charged_in_full += record.charged_in_full ? 1 : 0;
  traffic.dropped_fields += record.dropped_fields;
  traffic.duration.observe(now - record.began);
  if (record.first_byte) traffic.first_byte.observe(*record.first_byte - record.began);
}

void Metrics::glitch(http::Glitch glitch) {
  std::lock_guard lock(mutex_);
  ++data_.glitches[static_cast<std::size_t>(glitch)];
}

void Metrics::refused_connection(std::string_view reason) {
  std::lock_guard lock(mutex_);
  ++data_.refused_connections[std::string(reason)];
}

void Metrics::foreign_answer() {
  std::lock_guard lock(mutex_);
  ++data_.foreign_answers;
}

MetricsData Metrics::read() const {
  std::lock_guard lock(mutex_);
  return data_;
}

void MetricsData::add(const MetricsData& other) {
  for (const auto& [key, count] : other.requests) requests[key] += count;
  for (const auto& [key, count] : other.endings) endings[key] += count;
  for (const auto& [key, count] : other.auth_failures) auth_failures[key] += count;
  for (const auto& [key, count] : other.refused_connections) refused_connections[key] += count;
  for (const auto& [key, from] : other.traffic) {
    Traffic& to = traffic[key];
    to.prompt_tokens += from.prompt_tokens;
    to.completion_tokens += from.completion_tokens;
    to.cached_tokens += from.cached_tokens;
    to.charged_in_full += from.charged_in_full;
    to.dropped_fields += from.dropped_fields;
    to.duration.add(from.duration);
    to.first_byte.add(from.first_byte);
  }
  for (std::size_t i = 0; i < glitches.size(); ++i) glitches[i] += other.glitches[i];
  ignored_fields += other.ignored_fields;
  foreign_answers += other.foreign_answers;
}

}  // namespace gh::gateway
