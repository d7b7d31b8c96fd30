#pragma once

#include "load/arrivals.hpp"
#include "load/exchange.hpp"
#include "load/schedule.hpp"
#include "stats/threshold.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dibs::load {

/// Where the coupon service listens. Plain HTTP only.
struct service_address {
    std::string host = "localhost";
    std::uint16_t port = 3000;

    std::string describe() const;  ///< `http://localhost:3000`
};

/// `http://HOST[:PORT]`, HOST being a name or an address (`[::1]`). Throws bad_scenario.
service_address address_from_url(std::string_view url);

/// How long a user pauses within an iteration.
struct think_times {
    std::chrono::microseconds shortest_after_sign_up = std::chrono::milliseconds(100);
    std::chrono::microseconds longest_after_sign_up = std::chrono::milliseconds(600);
    std::chrono::microseconds after_claim = std::chrono::milliseconds(100);
};

/// What one user does in one iteration: sign up, pause, claim, pause.
struct visit {
    coupon_choice coupon;
    std::string strategy = "queue";  ///< sent as X-Lock-Strategy; empty: not sent
    sign_up registration = sign_up::guest;
    think_times pauses;
    std::chrono::milliseconds answer_within = std::chrono::seconds(60);  ///< k6's own time-out
};

/// The stages of the published experiment.
std::vector<stage> published_stages();

/// And its thresholds: `http_req_duration` `p(95)<2000` and `coupon_issue_success_rate` `rate>0.8`.
std::vector<stats::threshold> published_thresholds();

/// The closed model: users of whom each begins an iteration when its last has ended (k6's `ramping-vus`). A
/// slow service is asked less.
struct ramping_users {
    std::uint32_t start = 1;
    std::vector<stage> stages = published_stages();
};

struct scenario {
    service_address service;
    visit does;
    /// The open model is `arrival_rate`.
    std::variant<ramping_users, arrival_rate> executor;
    grace allowed;
    std::uint64_t seed = 0;
    std::vector<stats::threshold> thresholds = published_thresholds();
    /// Whether `claim_log::acknowledged` is kept: about 150 bytes a claim, the one thing in a run that grows.
    bool keeps_acknowledged = true;
};

}  // namespace dibs::load
