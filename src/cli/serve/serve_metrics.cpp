#include "cli/serve/serve_metrics.hpp"

#include "cli/serve/process_figures.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <unordered_map>
#include <utility>

namespace dibs::cli {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

constexpr int least_status = 100;
constexpr int most_status = 599;

Histogram::BucketBoundaries request_seconds() {
    return {0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30};
}

Family<Counter>& counters(Registry& in, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(in);
}
Family<Gauge>& gauges(Registry& in, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(in);
}
Gauge& gauge(Registry& in, const char* name, const char* help) { return gauges(in, name, help).Add({}); }
Counter& counter(Registry& in, const char* name, const char* help) {
    return counters(in, name, help).Add({});
}

void raise(Counter& to, auto total) { to.Increment(static_cast<double>(total) - to.Value()); }

}  // namespace

struct serve_metrics::route_series {
    Histogram* taken = nullptr;
    std::array<Counter*, most_status - least_status + 1> by_status{};
};

struct serve_metrics::series {
    explicit series(Registry& in)
        : requests(counters(in, "dibs_http_requests_total", "Requests answered")),
          request_times(prometheus::BuildHistogram()
                            .Name("dibs_http_request_seconds")
                            .Help("From a request to its answer")
                            .Register(in)),
          connections(gauge(in, "dibs_http_connections", "Connections that are open")),
          refused(counter(in, "dibs_http_refused_total", "Requests malformed, too large or too slow")),
          turned_away(counter(in, "dibs_http_turned_away_total", "Connections beyond the limit")),
          limited(counters(in, "dibs_rate_limited_total", "Requests answered 429").Add({{"by", "address"}})),
          sessions(gauges(in, "dibs_postgres_sessions", "Sessions of PostgreSQL")),
          in_use(sessions.Add({{"state", "in_use"}})),
          idle(sessions.Add({{"state", "idle"}})),
          waiting(gauge(in, "dibs_postgres_waiting", "Requests that wait for a session")),
          cpu(counter(in, "process_cpu_seconds_total", "User and system time")),
          memory(gauge(in, "process_resident_memory_bytes", "Resident memory")),
          open_fds(gauge(in, "process_open_fds", "Open file descriptors")),
          max_fds(gauge(in, "process_max_fds", "Open file descriptors at most")) {
        gauge(in, "process_start_time_seconds", "When the process began, since 1970").SetToCurrentTime();
        gauges(in, "dibs_build_info", "1").Add({{"version", DIBS_VERSION}}).Set(1);
    }

    Family<Counter>& requests;
    Family<Histogram>& request_times;
    Gauge& connections;
    Counter& refused;
    Counter& turned_away;
    Counter& limited;
    Family<Gauge>& sessions;
    Gauge& in_use;
    Gauge& idle;
    Gauge& waiting;
    Counter& cpu;
    Gauge& memory;
    Gauge& open_fds;
    Gauge& max_fds;
    std::unordered_map<std::string_view, route_series> routes;
};

serve_metrics::serve_metrics()
    : registry_(std::make_shared<Registry>()), series_(std::make_unique<series>(*registry_)) {}

serve_metrics::~serve_metrics() = default;

serve_metrics::route_series& serve_metrics::series_of(std::string_view route) {
    auto& found = series_->routes[route];
    if (!found.taken)
        found.taken = &series_->request_times.Add({{"route", std::string(route)}}, request_seconds());
    return found;
}

void serve_metrics::answered(std::string_view route, int status, std::chrono::nanoseconds taken) {
    if (route.empty()) route = "none";
    auto& of = series_of(route);
    of.taken->Observe(std::chrono::duration<double>(taken).count());
    if (status < least_status || status > most_status) return;
    auto& count = of.by_status[static_cast<std::size_t>(status - least_status)];
    if (!count)
        count = &series_->requests.Add({{"route", std::string(route)}, {"code", std::to_string(status)}});
    count->Increment();
}

void serve_metrics::set_gauges(const moment& now) {
    series_->connections.Set(static_cast<double>(now.server.connections));
    raise(series_->refused, now.server.refused);
    raise(series_->turned_away, now.server.turned_away);
    raise(series_->limited, now.server.limited);
    series_->in_use.Set(static_cast<double>(now.sessions.on_loan));
    series_->idle.Set(static_cast<double>(now.sessions.idle));
    series_->waiting.Set(static_cast<double>(now.sessions.waiting));
    const auto own = figures_of_this_process();
    raise(series_->cpu, own.cpu_seconds);
    series_->memory.Set(own.resident_bytes);
    series_->open_fds.Set(own.open_fds);
    series_->max_fds.Set(own.max_fds);
}

std::string serve_metrics::text(const moment& now) {
    set_gauges(now);
    return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace dibs::cli
