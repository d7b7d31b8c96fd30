#pragma once

#include "measure/figure.hpp"
#include "measure/trial.hpp"
#include "measure/user.hpp"
#include "sandbox/servers.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <vector>

/// How fast one process's own waiters are served.
namespace dibs::measure {

struct line_orders {
    std::size_t waiters = 10;
    /// So many more stand behind them and go away, evenly over the time, before their turn can come.
    std::size_t impatient = 0;
    /// At least; a round of all waiters may take longer.
    std::chrono::milliseconds length{250};
};

struct line_report {
    std::size_t grants = 0;
    std::size_t timed_out = 0;
    double length_s = 0;
};

/// All stand in line first; then grants are counted while those served line up again.
line_report serve_line(asio::io_context& io, const user_maker& users, const line_orders& told);

/// All take a lock and give it back so many times; hand-offs a second.
trial turns_of(asio::io_context& io, const std::vector<std::unique_ptr<user>>& users, const cpu_meter& meter,
               std::size_t each);

/// handoff_local: hand-offs a second within the process, over several names (whose tokens are microseconds,
/// so that one name has a million a second at most); each waiter has a deadline. Against coroutines that wake
/// one another and wait with a deadline, without a lock.
figure measure_local_handoff(sandbox::servers& on, std::size_t repeats);

/// How the number of waiters for a `queue` lock changes the rate of its grants.
struct line_figures {
    figure all_wait;       ///< waiters_10000: grants/s, against those with 10
    figure half_time_out;  ///< waiters_10000_cancelled
};
line_figures measure_many_waiters(sandbox::servers& on, std::size_t repeats);

}  // namespace dibs::measure
