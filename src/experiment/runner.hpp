#pragma once

#include "core/asio.hpp"
#include "experiment/plan.hpp"
#include "experiment/run_record.hpp"
#include "load/generator.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dibs::postgres {
class pool;
}

namespace dibs::experiment {

/// The coupons of a run, as the published experiment and the burst have them.
inline constexpr std::int64_t load_stock = 1'000'000;
inline constexpr std::int64_t burst_stock = 100;
inline constexpr std::uint32_t burst_users = 300;

/// Runs single runs against a service that shares the database with us.
class runner {
   public:
    /// Called every second of a run.
    using watcher = std::function<void(const load::run_progress&)>;

    runner(postgres::pool& database, load::service_address service, watcher watch);

    /// Resets the coupons, runs the load and the burst, and holds both against the database. `seed` is the
    /// run's own.
    task<run_record> run(std::string strategy, int round, std::vector<load::stage> stages,
                         std::uint64_t seed);

   private:
    task<load::run_result> put_under_load(load::scenario plan);
    task<sell_out> sell_out_at_once(std::string strategy);

    postgres::pool& database_;
    load::service_address service_;
    watcher watch_;
};

}  // namespace dibs::experiment
