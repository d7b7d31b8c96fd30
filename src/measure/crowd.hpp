#pragma once

#include "measure/user.hpp"

#include <dibs/lock.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Waiters that fight over one lock from several processes, each of which runs `attend`.
namespace dibs::measure {

/// What one process is told. All of them begin at one time, on the clock they share.
struct crowd_orders {
    std::string name = "measure:crowd";
    algorithm kind = algorithm::queue;
    std::size_t waiters = 50;
    std::chrono::microseconds hold{1000};
    deadline begin;
    std::chrono::milliseconds warm_up{300};  ///< waits that end in it do not count
    std::chrono::milliseconds length{3000};  ///< behind the warm-up
};

/// What one process, or all together, saw between warm-up and end.
struct crowd_report {
    std::vector<double> waits_ms;       ///< those that ended in that time or behind it; ascending
    std::vector<std::uint64_t> grants;  ///< by waiter
    double held_s = 0;                  ///< all of these holds together
    double length_s = 0;
    std::size_t failures = 0;  ///< waits that ended without the lock

    void add(const crowd_report& other);
    std::uint64_t all_grants() const;
    double mean_hold_ms() const;
    double wait_ms(double quantile) const;
    /// The share of the time in which somebody held the lock.
    double utilisation() const;
    /// Between one holder's release and the next one's grant, in µs; the mean.
    double gap_us() const;
    /// Jain's index of the grants (R. Jain et al., 1984): 1 where all waiters got as many.
    double fairness() const;
};

task<crowd_report> attend(asio::any_io_executor executor, crowd_orders told, const user_maker& users);

std::string to_json(const crowd_report& report);
/// Throws std::runtime_error for anything else.
crowd_report crowd_report_from(std::string_view json);

}  // namespace dibs::measure
