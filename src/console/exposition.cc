#include "console/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>

#include "base/check.h"

namespace gh::console {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

class Families {
 public:
  MetricFamily& add(std::string name, std::string help, MetricType type) {
    families_.push_back(
        {.name = std::move(name), .help = std::move(help), .type = type, .metric = {}});
    return families_.back();
  }
  void counter(std::string name, std::string help, double value) {
    sample(add(std::move(name), std::move(help), MetricType::Counter), {}, value);
  }
  void gauge(std::string name, std::string help, double value) {
    sample(add(std::move(name), std::move(help), MetricType::Gauge), {}, value);
  }
  static void sample(MetricFamily& family, Labels labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    if (family.type == MetricType::Gauge) {
      metric.gauge.value = value;
    } else {
      metric.counter.value = value;
    }
    family.metric.push_back(std::move(metric));
  }
  static void histogram(MetricFamily& family, Labels labels, const gateway::Histogram& from) {
    ClientMetric metric;
    metric.label = std::move(labels);
    std::uint64_t running = 0;
    for (std::size_t i = 0; i < from.counts.size(); ++i) {
      running += from.counts[i];
      const bool last = i == gateway::Histogram::kBounds.size();
      metric.histogram.bucket.push_back(
          {.cumulative_count = running,
           .upper_bound =
               last ? std::numeric_limits<double>::infinity() : gateway::Histogram::kBounds[i]});
    }
    metric.histogram.sample_count = running;
    metric.histogram.sample_sum = from.sum;
    family.metric.push_back(std::move(metric));
  }
  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  std::vector<MetricFamily> families_;
};

Labels traffic_labels(const gateway::TrafficKey& key) {
  return {{"tenant", key.tenant}, {"model", key.model}};
}

void add_requests(Families& out, const gateway::MetricsData& data) {
  MetricFamily& requests =
      out.add("gatehouse_requests_total",
              "Requests that ended, by the status sent (0: none) and reason.", MetricType::Counter);
  for (const auto& [key, count] : data.requests) {
    Families::sample(requests,
                     {{"tenant", key.tenant},
                      {"model", key.model},
                      {"route", key.route},
                      {"status", std::to_string(key.status)},
                      {"reason", key.reason}},
                     static_cast<double>(count));
  }
  MetricFamily& endings =
      out.add("gatehouse_endings_total", "How requests ended.", MetricType::Counter);
  for (const auto& [ending, count] : data.endings) {
    Families::sample(endings, {{"ending", ending}}, static_cast<double>(count));
  }
  MetricFamily& failures =
      out.add("gatehouse_auth_failures_total",
              "Refused credentials, by the reason that clients never see.", MetricType::Counter);
  for (const auto& [reason, count] : data.auth_failures) {
    Families::sample(failures, {{"reason", reason}}, static_cast<double>(count));
  }
}

void add_traffic(Families& out, const gateway::MetricsData& data) {
  MetricFamily& tokens = out.add("gatehouse_tokens_total", "Tokens as the upstream reported them.",
                                 MetricType::Counter);
  for (const auto& [key, traffic] : data.traffic) {
    const Labels labels = traffic_labels(key);
    const auto add = [&tokens, &labels](const char* kind, std::uint64_t count) {
      Labels with_kind = labels;
      with_kind.push_back({.name = "kind", .value = kind});
      Families::sample(tokens, std::move(with_kind), static_cast<double>(count));
    };
    add("prompt", traffic.prompt_tokens);
    add("completion", traffic.completion_tokens);
    add("cached", traffic.cached_tokens);
  }
  MetricFamily& full = out.add("gatehouse_charged_in_full_total",
                               "Requests whose use was unknown and that cost their whole hold.",
                               MetricType::Counter);
  for (const auto& [key, traffic] : data.traffic) {
    Families::sample(full, traffic_labels(key), static_cast<double>(traffic.charged_in_full));
  }
  MetricFamily& dropped =
      out.add("gatehouse_dropped_answer_fields_total",
              "Fields of upstream answers that are not on the list.", MetricType::Counter);
  for (const auto& [key, traffic] : data.traffic) {
    Families::sample(dropped, traffic_labels(key), static_cast<double>(traffic.dropped_fields));
  }
  MetricFamily& duration =
      out.add("gatehouse_request_duration_seconds", "From head to end, of admitted requests.",
              MetricType::Histogram);
  for (const auto& [key, traffic] : data.traffic) {
    Families::histogram(duration, traffic_labels(key), traffic.duration);
  }
  MetricFamily& first = out.add("gatehouse_first_byte_seconds",
                                "From head to the upstream's first byte.", MetricType::Histogram);
  for (const auto& [key, traffic] : data.traffic) {
    Families::histogram(first, traffic_labels(key), traffic.first_byte);
  }
}

void add_connections(Families& out, const Totals& totals) {
  const gateway::MetricsData& data = totals.data;
  MetricFamily& glitches =
      out.add("gatehouse_glitches_total",
              "Connections and messages refused below the level of requests.", MetricType::Counter);
  for (std::size_t i = 0; i < data.glitches.size(); ++i) {
    Families::sample(glitches, {{"reason", std::string(http::name(static_cast<http::Glitch>(i)))}},
                     static_cast<double>(data.glitches[i]));
  }
  MetricFamily& refused = out.add("gatehouse_refused_connections_total",
                                  "Connections closed on arrival.", MetricType::Counter);
  for (const auto& [reason, count] : data.refused_connections) {
    Families::sample(refused, {{"reason", reason}}, static_cast<double>(count));
  }
  out.gauge("gatehouse_connections", "Open client connections.",
            static_cast<double>(totals.connections));
  out.gauge("gatehouse_requests_in_flight", "Requests that have not ended.",
            static_cast<double>(totals.exchanges));
  out.gauge("gatehouse_request_body_bytes",
            "Request bodies, and whole answers above 64 KiB, held in memory.",
            static_cast<double>(totals.body_bytes));
}

void add_certificates(Families& out, const gateway::Runtime& runtime) {
  MetricFamily& expires =
      out.add("gatehouse_certificate_expires_timestamp_seconds",
              "When a listener's certificate ends, by its place in the policy or \"admin\".",
              MetricType::Gauge);
  const auto add = [&](std::string place, const gateway::ServerTls& tls) {
    if (tls.server == nullptr) return;
    Families::sample(expires, {{"listener", std::move(place)}},
                     static_cast<double>(tls.server->expires().seconds()));
  };
  const auto& listeners = runtime.certificates.listeners;
  for (std::size_t i = 0; i < listeners.size(); ++i) add(std::to_string(i), listeners[i]);
  add("admin", runtime.certificates.admin);
}

void add_upstreams(Families& out, const gateway::Gateway& gateway) {
  MetricFamily& in_flight =
      out.add("gatehouse_upstream_in_flight", "Requests at an upstream.", MetricType::Gauge);
  for (const auto& upstream : gateway.runtime()->upstreams) {
    Families::sample(in_flight, {{"upstream", upstream->definition().name}},
                     static_cast<double>(upstream->in_flight()));
  }
  MetricFamily& healthy =
      out.add("gatehouse_upstream_healthy",
              "0 from when a URL is left alone after failures until it answers, else 1.",
              MetricType::Gauge);
  for (const auto& upstream : gateway.runtime()->upstreams) {
    for (const auto& url : upstream->urls()) {
      Families::sample(healthy, {{"upstream", upstream->definition().name}, {"url", url->url.text}},
                       url->healthy() ? 1 : 0);
    }
  }
}

}  // namespace

void Totals::add(const gateway::Metrics& worker) {
  data.add(worker.read());
  connections += worker.connections;
  exchanges += worker.exchanges;
  body_bytes += worker.body_bytes;
}

std::string metrics_text(const gateway::Gateway& gateway) {
  Totals totals;
  for (const auto& worker : gateway.workers()) totals.add(worker->metrics());
  return metrics_text(gateway, totals);
}

std::string metrics_text(const gateway::Gateway& gateway, const Totals& totals) {
  const gateway::MetricsData& data = totals.data;
  Families out;
  add_requests(out, data);
  add_traffic(out, data);
  add_connections(out, totals);
  add_upstreams(out, gateway);
  add_certificates(out, *gateway.runtime());
  out.counter("gatehouse_ignored_request_fields_total",
              "Harmless request fields that were dropped.",
              static_cast<double>(data.ignored_fields));
  out.counter("gatehouse_foreign_answers_total",
              "Answers refused because they carried another request's id.",
              static_cast<double>(data.foreign_answers));
  out.counter("gatehouse_request_log_dropped_total", "Request log lines that could not be kept.",
              static_cast<double>(gateway.shared().log->dropped()));
  out.counter("gatehouse_request_log_skipped_total",
              "Request log lines of addresses without a key that had written too many.",
              static_cast<double>(gateway.shared().log->skipped()));
  MetricFamily& reloads = out.add(
      "gatehouse_policy_reloads_total",
      "Reloads asked for; a refused one leaves the old policy in force.", MetricType::Counter);
  Families::sample(reloads, {{"result", "done"}}, static_cast<double>(gateway.reloads().done));
  Families::sample(reloads, {{"result", "refused"}},
                   static_cast<double>(gateway.reloads().refused));
  out.gauge("gatehouse_policy_loaded_timestamp_seconds", "When the policy in force was loaded.",
            static_cast<double>(gateway.policy_loaded().seconds()));
  out.gauge("gatehouse_keys", "API keys known, expired and revoked ones included.",
            static_cast<double>(gateway.runtime()->directory->key_count()));
  out.gauge("gatehouse_key_store_readable",
            "0 while the key store cannot be read and the keys stay as they were, else 1.",
            gateway.key_store_readable() ? 1 : 0);
  out.gauge("gatehouse_draining", "1 while the gateway is about to stop.",
            gateway.draining() ? 1 : 0);
  out.counter("gatehouse_bugs_total", "Times that something happened which cannot.",
              static_cast<double>(bug_count()));
  return out.text();
}

}  // namespace gh::console
