#pragma once

#include "cli/bench/live_view.hpp"
#include "core/asio.hpp"
#include "experiment/results_folder.hpp"
#include "experiment/runner.hpp"
#include "experiment/service_processes.hpp"
#include "postgres/pool.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <optional>
#include <string>

namespace dibs::cli {

/// A bench from its first missing run to its last, or to SIGINT or SIGTERM; a second signal ends the program.
/// Each run is in the folder as soon as it is over.
class bench_run {
   public:
    /// What is referred to must outlive it.
    bench_run(experiment::service_under_test service, const std::string& postgres,
              experiment::service_processes& processes, const experiment::results_folder& results,
              experiment::bench_outline& bench);

    enum class ending { finished, interrupted };
    /// Blocks. Throws dibs::error and std::runtime_error; what was finished before is kept.
    ending run();

   private:
    task<void> run_all();
    task<void> run_one(experiment::planned_run planned);
    task<void> until_signal();
    void show(const load::run_progress& now, const experiment::run_samples& so_far);

    asio::io_context io_{1};
    asio::signal_set signals_;
    postgres::pool database_;
    experiment::service_processes& processes_;
    const experiment::results_folder& results_;
    experiment::bench_outline& bench_;
    experiment::runner runner_;
    std::optional<live_view> view_;  // while it runs: what is printed afterwards must not be overwritten
    bench_moment now_;
    bench_pace pace_;
    steady::time_point run_began_;
    std::string remarks_;  // lines, for when nothing is shown any more
    bool interrupted_ = false;
};

}  // namespace dibs::cli
