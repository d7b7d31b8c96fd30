#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace dibs::claims_bench {

/// What the generator's process is to do, as it goes over its command line.
struct load_orders {
    std::uint16_t port = 0;
    std::string coupon;
    std::string code;
    std::string strategy;
    std::string keys;              ///< what idempotency keys begin with: another one for each load
    std::string users_file;        ///< an access token a line
    std::string claims_file = {};  ///< where it writes what was acknowledged; empty: nowhere
    std::size_t connections = 200;
    /// At most; more than there are users, they come again.
    std::size_t requests = 0;
    /// For how long requests begin; what has begun is waited for.
    std::chrono::milliseconds length{0};
    double rate = 0;     ///< a second; 0: each connection sends its next as soon as its last was answered
    int expected = 201;  ///< status of every answer
    /// Whether what has not begun when `length` is over is dropped. Else it begins as late as it may.
    bool drops_late = false;
};

struct load_report {
    std::uint64_t sent = 0;
    std::map<int, std::uint64_t> statuses;  ///< answers; 0: none came
    std::uint64_t in_doubt = 0;             ///< not answered, or so: may have been issued all the same
    std::string surprise;                   ///< the first answer that was not expected
    double seconds = 0;                     ///< from the first request to the last answer
    double cpu_us = 0;                      ///< of the generator, in that time
    std::uint64_t dropped = 0;              ///< due, and never begun: no connection was free
    double p50_ms = 0;                      ///< from the intended start, where there is a rate
    double p95_ms = 0;
    double p99_ms = 0;
    double max_ms = 0;
    std::uint64_t late_starts = 0;  ///< begun a millisecond or more behind their time
    double lag_p99_ms = 0;          ///< by how much requests began behind their time
    double own_lag_p99_ms = 0;      ///< and behind the moment when a connection was free for them as well

    std::uint64_t answered(int status) const;
};

std::string to_json(const load_orders& orders);
/// Throws std::exception.
load_orders load_orders_from(std::string_view json);
std::string to_json(const load_report& report);
/// Throws std::exception.
load_report load_report_from(std::string_view json);

}  // namespace dibs::claims_bench
