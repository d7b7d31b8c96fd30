#pragma once

#include "http/server.hpp"
#include "postgres/pool.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
template <class Metric>
class Family;
}  // namespace prometheus

namespace dibs::cli {

/// The registry of a process of `dibs serve`, with what is not the claims' own:
/// - dibs_http_requests_total{route,code}, dibs_http_request_seconds{route}: histogram; a route is the
///   pattern, and `none` what matched none
/// - dibs_http_connections, dibs_http_refused_total, dibs_http_turned_away_total
/// - dibs_rate_limited_total{by="address"}
/// - dibs_postgres_sessions{state="in_use|idle"}, dibs_postgres_waiting
/// - process_cpu_seconds_total, process_resident_memory_bytes, process_open_fds, process_max_fds,
///   process_start_time_seconds, dibs_build_info{version}
/// One thread.
class serve_metrics {
   public:
    serve_metrics();
    serve_metrics(const serve_metrics&) = delete;
    serve_metrics& operator=(const serve_metrics&) = delete;
    ~serve_metrics();

    const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

    /// One request was answered. `route`: empty where none matched; must outlive this.
    void answered(std::string_view route, int status, std::chrono::nanoseconds taken);

    struct moment {
        postgres::pool_use sessions;
        http::server::counters server;
    };
    /// Everything, as Prometheus reads it (text format 0.0.4).
    std::string text(const moment& now);

   private:
    struct route_series;
    route_series& series_of(std::string_view route);
    void set_gauges(const moment& now);

    struct series;
    std::shared_ptr<prometheus::Registry> registry_;
    std::unique_ptr<series> series_;
};

}  // namespace dibs::cli
