#pragma once

#include "stats/run_summary.hpp"

#include <vector>

namespace dibs::test {

/// A run of all kinds of metrics, with awkward values, a submetric and thresholds met, crossed and without
/// samples.
inline stats::run_summary small_run() {
    using namespace std::chrono_literals;
    using stats::unit;
    stats::metric_set metrics;
    metrics.declare("coupon_issue_errors", unit::plain, stats::counter());
    metrics.declare("coupon_issue_success_rate", unit::plain, stats::rate());
    metrics.declare("data_received", unit::data, stats::counter());
    metrics.declare("data_sent", unit::data, stats::counter());
    metrics.declare("http_req_duration", unit::time, stats::trend());
    metrics.declare("http_req_failed", unit::plain, stats::rate());
    metrics.declare("http_reqs", unit::plain, stats::counter());
    metrics.declare("iteration_duration", unit::time, stats::trend());
    metrics.declare("iterations", unit::plain, stats::counter());
    metrics.declare("never", unit::time, stats::trend());
    metrics.declare("vus", unit::plain, stats::gauge());
    std::vector<stats::threshold> wanted;
    for (const char* text : {"http_req_duration:p(95)<2000", "http_req_duration:p(99.9)<70000",
                             "http_req_duration{name:claim}:p(95)<50", "coupon_issue_success_rate:rate>0.8",
                             "http_reqs:rate>1", "never:avg<1", "vus:value<=1"}) {
        wanted.push_back(stats::threshold::parse(text));
        metrics.declare_submetric(wanted.back().metric);
    }
    const std::vector<stats::tag> claim{{"name", "claim"}};
    for (int i = 0; i < 100; ++i) {
        metrics.open("http_req_duration").add(i == 99 ? 61'500 : 0.35 + 20 * i);
        if (i % 2 == 0) metrics.open("http_req_duration", claim).add(i < 10 ? 0.0005 : 49.999);
        metrics.open("http_reqs").add();
        metrics.open("http_req_failed").add(i < 29 ? 1 : 0);
        metrics.open("coupon_issue_success_rate").add(i < 29 ? 0 : 1);
        metrics.open("iteration_duration").add(450 + i);
        metrics.open("data_sent").add(125);
    }
    metrics.open("coupon_issue_errors").add(29);
    metrics.open("iterations").add(50);
    metrics.open("data_received").add(1'700'000);
    metrics.open("vus").add(100);
    metrics.open("vus").add(1);
    return stats::summarise(metrics, wanted,
                            {{"register status is 201", 49'999, 1}, {"coupon issue status is 201", 50, 0}},
                            40'500ms);
}

}  // namespace dibs::test
