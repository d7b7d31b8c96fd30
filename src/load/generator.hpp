#pragma once

#include "core/asio.hpp"
#include "load/driver.hpp"
#include "load/lag.hpp"
#include "load/recorder.hpp"
#include "load/scenario.hpp"
#include "load/virtual_user.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>

namespace dibs::load {

enum class ending {
    whole,
    interrupted,
    aborted  ///< by a threshold that is to end the run when it is crossed
};

struct run_result {
    stats::run_summary summary;
    claim_log claims;
    generator_report generator;
    std::uint64_t interrupted_iterations = 0;
    std::uint64_t dropped_iterations = 0;  ///< of the open model: all users were busy
    std::string first_failure;             ///< `claim: 404, there is no coupon 'x'`; empty: none failed
    ending ended = ending::whole;
};

/// A moment of a run, for the progress line.
struct run_progress {
    std::chrono::nanoseconds elapsed{0};
    std::chrono::nanoseconds length{0};
    std::size_t users = 0;
    std::uint32_t peak = 0;  ///< the most users there may be
    run_counts counts;
};

/// One run of a scenario. Single-threaded: everything happens on the executor.
class generator {
   public:
    /// Throws bad_scenario for what cannot be run.
    generator(asio::any_io_executor executor, scenario plan);
    generator(const generator&) = delete;
    generator& operator=(const generator&) = delete;
    ~generator();

    /// Must outlive it; to be called before run().
    void tell(run_observer& observer) { records_.tell(observer); }

    /// Ends when every user has. Throws dibs::error (unavailable) before the start when nothing listens at
    /// the scenario's address. To be called once.
    task<run_result> run();

    /// Cuts off all users: the run ends at once with what it has.
    void interrupt();

    run_progress progress() const;

   private:
    task<void> follow_schedule();
    task<void> observe(lag_probe& probe);
    task<void> count_users();
    void end(ending how);
    void user_ended(virtual_user& user, const std::exception_ptr& failed);

    asio::any_io_executor executor_;
    scenario plan_;
    recorder records_;
    run_context context_;
    std::unique_ptr<driver> driver_;  // null when the run is over
    std::chrono::nanoseconds length_;
    std::uint32_t most_users_;
    ending ended_ = ending::whole;
    std::exception_ptr failed_;
};

/// The whole run, for callers that neither watch nor interrupt it.
task<run_result> run(scenario plan);

}  // namespace dibs::load
