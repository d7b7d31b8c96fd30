#pragma once

#include "core/asio.hpp"
#include "experiment/plan.hpp"
#include "experiment/run_record.hpp"
#include "load/generator.hpp"

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

/// What is put under load.
struct service_under_test {
    load::service_address address;
    std::vector<std::uint16_t> figures_ports;  ///< of each process, on 127.0.0.1
    parties whose;
};

/// Runs single runs against a service that shares the database with us.
class runner {
   public:
    /// Called every second of a run.
    using watcher = std::function<void(const load::run_progress&, const run_samples&)>;

    runner(postgres::pool& database, service_under_test service, watcher watch);

    /// Resets the coupons, runs the load and the burst, and holds both against the database. `seed` is the
    /// run's own. May be cancelled, and leaves no user and no claim behind then.
    task<run_record> run(planned_run planned, std::vector<load::stage> stages, std::uint64_t seed);

   private:
    task<void> put_under_load(load::scenario plan, run_record& into);
    task<load::run_result> generate(load::scenario plan, run_samples& into);
    task<std::optional<page::lock_times>> times_of_lock(std::string strategy);
    task<sell_out> sell_out_at_once(std::string strategy);

    postgres::pool& database_;
    service_under_test service_;
    watcher watch_;
};

}  // namespace dibs::experiment
