#include "load/recorder.hpp"

#include "load/stage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace dibs::load {
namespace {

using stats::unit;

constexpr std::array<std::string_view, 4> check_names{"register status is 201", "register has access token",
                                                      "coupon issue status is 201",
                                                      "coupon issue has userCoupon"};

bool is_expected(int status) { return status >= 200 && status < 400; }

/// Those of k6 that tell one request from another here.
std::vector<stats::tag> tags_of(const request_kind& kind) {
    return {{"name", kind.name == request_name::claim ? "claim" : "signup"},
            {"method", "POST"},
            {"status", std::to_string(kind.status)},
            {"expected_response", is_expected(kind.status) ? "true" : "false"}};
}

/// The statuses that a request must be tried with to see whether any has these tags.
std::vector<int> statuses_for(const stats::metric_name& part) {
    std::vector<int> tried{0, 201, 500};
    for (const auto& [key, value] : part.tags()) {
        int status = 0;
        const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), status);
        if (key == "status" && failed == std::errc() && end == value.data() + value.size() && status >= 100 &&
            status <= 599)
            tried.push_back(status);
    }
    return tried;
}

bool any_request_has(const stats::metric_name& part) {
    for (const int status : statuses_for(part))
        for (const request_name name : {request_name::sign_up, request_name::claim})
            if (part.selects(tags_of({name, status}))) return true;
    return false;
}

std::vector<stats::tag> tags_of_check(std::string_view name) { return {{"check", std::string(name)}}; }

/// A tag that no sample carries would make a threshold that cannot be met.
void refuse_unknown_tags(const stats::metric_name& part) {
    if (!part.is_submetric()) return;
    if (part.base().starts_with("http_req") && any_request_has(part)) return;
    if (part.base() == "checks")
        for (const std::string_view name : check_names)
            if (part.selects(tags_of_check(name))) return;
    throw bad_scenario(
        fmt::format("nothing is measured for '{}': the metrics http_* have the tags name:claim, name:signup, "
                    "method:POST, status:201 and its like, expected_response:true and "
                    "expected_response:false; checks has check:{}; the others have none",
                    part.text(), fmt::join(check_names, ", check:")));
}

}  // namespace

stats::metric_set recorder::declared(const std::vector<stats::threshold>& thresholds) {
    stats::metric_set set;
    set.declare("checks", unit::plain, stats::rate());
    set.declare("coupon_issue_errors", unit::plain, stats::counter());
    set.declare("coupon_issue_success_rate", unit::plain, stats::rate());
    set.declare("data_received", unit::data, stats::counter());
    set.declare("data_sent", unit::data, stats::counter());
    set.declare("dropped_iterations", unit::plain, stats::counter());
    set.declare("http_req_duration", unit::time, stats::trend());
    set.declare("http_req_failed", unit::plain, stats::rate());
    set.declare("http_reqs", unit::plain, stats::counter());
    set.declare("intended_claim_duration", unit::time, stats::trend());
    set.declare("intended_iteration_duration", unit::time, stats::trend());
    set.declare("iteration_duration", unit::time, stats::trend());
    set.declare("iterations", unit::plain, stats::counter());
    set.declare("start_lag", unit::time, stats::trend());
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

const recorder::answers& recorder::answers_of(const request_kind& kind) {
    const auto known = answers_.find(kind);
    if (known != answers_.end()) return known->second;
    const std::vector<stats::tag> tags = tags_of(kind);
    answers made{metrics_.open("http_reqs", tags), metrics_.open("http_req_duration", tags),
                 metrics_.open("http_req_failed", tags)};
    return answers_.emplace(kind, std::move(made)).first->second;
}

void recorder::check(std::size_t which, bool passed) {
    checks_.at(which).add(passed ? 1 : 0);
    check_metrics_.at(which).add(passed ? 1 : 0);
}

recorder::recorder(std::vector<stats::threshold> thresholds)
    : thresholds_(std::move(thresholds)),
      metrics_(declared(thresholds_)),
      issue_success_(metrics_.open("coupon_issue_success_rate")),
      issue_errors_(metrics_.open("coupon_issue_errors")),
      iterations_(metrics_.open("iterations")),
      iteration_duration_(metrics_.open("iteration_duration")),
      users_(metrics_.open("vus")),
      users_max_(metrics_.open("vus_max")),
      data_sent_(metrics_.open("data_sent")),
      data_received_(metrics_.open("data_received")),
      dropped_iterations_(metrics_.open("dropped_iterations")),
      start_lag_(metrics_.open("start_lag")),
      intended_claim_(metrics_.open("intended_claim_duration")),
      intended_iteration_(metrics_.open("intended_iteration_duration")) {
    for (const std::string_view name : check_names)
        check_metrics_.push_back(metrics_.open("checks", tags_of_check(name)));
}

recorder::recorder(const scenario& asked) : recorder(asked.thresholds) {
    keeps_acknowledged_ = asked.keeps_acknowledged;
}

void recorder::request(const request_record& done) {
    const bool expected = is_expected(done.status);
    const answers& to = answers_of({done.name, done.status});
    to.requests.add();
    to.duration.add(done.took);
    to.failed.add(expected ? 0 : 1);
    data_sent_.add(static_cast<double>(done.bytes_sent));
    data_received_.add(static_cast<double>(done.bytes_received));
    ++counts_.requests;
    if (!expected) ++counts_.failed_requests;
    if (done.name == request_name::claim)
        log_.latency.add(std::chrono::duration<double, std::milli>(done.took).count());
    observer_->requested(done);
}

void recorder::signed_up(const sign_up_record& seen) {
    check(0, seen.is_201);
    check(1, seen.has_token);
}

void recorder::claimed(const claim_record& seen) {
    check(2, seen.is_201);
    check(3, seen.has_id);
    const bool success = seen.is_201 && seen.has_id;
    issue_success_.add(success ? 1 : 0);
    if (!success) issue_errors_.add();
    ++count_of(seen.what);
    observer_->claimed(seen.what, seen.took);
}

void recorder::iteration(std::chrono::nanoseconds took) {
    iterations_.add();
    iteration_duration_.add(took);
    ++counts_.iterations;
}

void recorder::dropped() {
    dropped_iterations_.add();
    ++counts_.dropped;
}

std::chrono::nanoseconds recorder::start_lag(double share) const {
    const stats::metric* lags = metrics_.find(stats::metric_name::parse("start_lag"));
    const std::chrono::duration<double, std::milli> late(
        std::get<stats::trend>(lags->samples).percentile(share));
    return std::chrono::round<std::chrono::nanoseconds>(late);
}

const stats::threshold* recorder::abort_reason(std::chrono::nanoseconds elapsed) const {
    for (const stats::threshold& any : thresholds_) {
        if (!any.abort_from || elapsed < *any.abort_from) continue;
        const auto observed = any.wanted.observe(metrics_.find(any.metric)->samples, elapsed);
        if (observed && !any.wanted.holds(*observed)) return &any;
    }
    return nullptr;
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
