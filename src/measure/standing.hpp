#pragma once

#include "measure/user_process.hpp"

#include <string>
#include <utility>
#include <vector>

namespace dibs::measure {

/// The resident memory of a process (bytes) beside the number of its waiters.
struct memory_report {
    std::vector<std::pair<double, double>> waiters_and_bytes;
    /// The slope of the line through them, by least squares.
    double bytes_per_waiter() const;
};

/// Lets more and more waiters stand in the queue of a lock that somebody else holds.
memory_report stand(const user_orders& orders, const users_on_redis& users_on);

std::string to_json(const memory_report& report);
/// Throws std::runtime_error.
memory_report memory_report_from(std::string_view json);

}  // namespace dibs::measure
