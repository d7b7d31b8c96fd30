#include "load/recorder.hpp"

#include "load/stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace dibs::load {
namespace {

using stats::unit;

constexpr std::array<std::string_view, 4> check_names{"register status is 201", "register has access token",
                                                      "coupon issue status is 201",
                                                      "coupon issue has userCoupon"};

std::vector<stats::tag> tags_of(request_name name, const char* expected) {
    return {{"name", name == request_name::claim ? "claim" : "signup"}, {"expected_response", expected}};
}

bool is_http(std::string_view metric) { return metric.starts_with("http_req"); }

/// A tag that no sample carries would make a threshold that cannot be met.
void refuse_unknown_tags(const stats::metric_name& part) {
    if (!part.is_submetric()) return;
    const auto carried = [&](request_name name, const char* expected) {
        return part.selects(tags_of(name, expected));
    };
    if (is_http(part.base()))
        for (const request_name name : {request_name::sign_up, request_name::claim})
            if (carried(name, "true") || carried(name, "false")) return;
    throw bad_scenario(
        fmt::format("nothing is measured for '{}': the metrics http_* have the tags name:claim, "
                    "name:signup, expected_response:true and expected_response:false, the others "
                    "have none",
                    part.text()));
}

}  // namespace

stats::metric_set recorder::declared(const std::vector<stats::threshold>& thresholds) {
    stats::metric_set set;
    set.declare("coupon_issue_errors", unit::plain, stats::counter());
    set.declare("coupon_issue_success_rate", unit::plain, stats::rate());
    set.declare("data_received", unit::data, stats::counter());
    set.declare("data_sent", unit::data, stats::counter());
    set.declare("http_req_duration", unit::time, stats::trend());
    set.declare("http_req_failed", unit::plain, stats::rate());
    set.declare("http_reqs", unit::plain, stats::counter());
    set.declare("iteration_duration", unit::time, stats::trend());
    set.declare("iterations", unit::plain, stats::counter());
    set.declare("vus", unit::plain, stats::gauge());
    set.declare("vus_max", unit::plain, stats::gauge());
    set.declare_submetric(stats::metric_name::parse("http_req_duration{expected_response:true}"));
    try {
        for (const stats::threshold& wanted : thresholds) set.declare_submetric(wanted.metric);
        stats::summarise(set, thresholds, {}, std::chrono::seconds(1));  // throws where one does not fit
    } catch (const stats::bad_expression& unknown) {
        throw bad_scenario(unknown.what());
    }
    for (const stats::threshold& wanted : thresholds) refuse_unknown_tags(wanted.metric);
    return set;
}

recorder::answers recorder::open(request_name name, const char* expected) {
    const std::vector<stats::tag> tags = tags_of(name, expected);
    return {metrics_.open("http_reqs", tags), metrics_.open("http_req_duration", tags),
            metrics_.open("http_req_failed", tags)};
}

recorder::recorder(std::vector<stats::threshold> thresholds)
    : thresholds_(std::move(thresholds)),
      metrics_(declared(thresholds_)),
      answers_{open(request_name::sign_up, "true"), open(request_name::sign_up, "false"),
               open(request_name::claim, "true"), open(request_name::claim, "false")},
      issue_success_(metrics_.open("coupon_issue_success_rate")),
      issue_errors_(metrics_.open("coupon_issue_errors")),
      iterations_(metrics_.open("iterations")),
      iteration_duration_(metrics_.open("iteration_duration")),
      users_(metrics_.open("vus")),
      users_max_(metrics_.open("vus_max")),
      data_sent_(metrics_.open("data_sent")),
      data_received_(metrics_.open("data_received")) {}

void recorder::request(const request_record& done) {
    const bool expected = done.status >= 200 && done.status < 400;
    const std::size_t kind = done.name == request_name::claim ? 2 : 0;
    const answers& to = answers_.at(kind + (expected ? 0 : 1));
    to.requests.add();
    to.duration.add(done.took);
    to.failed.add(expected ? 0 : 1);
    data_sent_.add(static_cast<double>(done.bytes_sent));
    data_received_.add(static_cast<double>(done.bytes_received));
    ++counts_.requests;
    if (!expected) ++counts_.failed_requests;
    if (done.name == request_name::claim)
        log_.latency.add(std::chrono::duration<double, std::milli>(done.took).count());
}

void recorder::signed_up(const sign_up_record& seen) {
    checks_[0].add(seen.is_201 ? 1 : 0);
    checks_[1].add(seen.has_token ? 1 : 0);
}

void recorder::claimed(const claim_record& seen) {
    checks_[2].add(seen.is_201 ? 1 : 0);
    checks_[3].add(seen.has_id ? 1 : 0);
    const bool success = seen.is_201 && seen.has_id;
    issue_success_.add(success ? 1 : 0);
    if (!success) issue_errors_.add();
    ++count_of(seen.what);
}

void recorder::iteration(std::chrono::nanoseconds took) {
    iterations_.add();
    iteration_duration_.add(took);
    ++counts_.iterations;
}

void recorder::users(std::size_t running, std::uint32_t existing) {
    users_.add(static_cast<double>(running));
    users_max_.add(existing);
}

stats::run_summary recorder::summary(std::chrono::nanoseconds duration) const {
    std::vector<stats::check_result> results;
    for (std::size_t i = 0; i < check_names.size(); ++i)
        if (!checks_.at(i).empty())
            results.push_back(
                {std::string(check_names.at(i)), checks_.at(i).passes(), checks_.at(i).fails()});
    return stats::summarise(metrics_, thresholds_, std::move(results), duration);
}

}  // namespace dibs::load
