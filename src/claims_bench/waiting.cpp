#include "claims_bench/waiting.hpp"

#include "claims_bench/books.hpp"
#include "claims_bench/issued_claims.hpp"
#include "coupon/input.hpp"
#include "locks/inspection.hpp"
#include "locks/server_set.hpp"

#include <dibs/client.hpp>
#include <dibs/mutex.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace dibs::claims_bench {
namespace {

constexpr std::size_t claims = 10'000;
constexpr std::chrono::seconds time_to_stand{60};
constexpr std::chrono::seconds inspection_time{5};
constexpr std::chrono::milliseconds between_looks{50};

/// How many stand in the lock's queue.
task<void> count_waiters(locks::server_set& servers, std::size_t& into) {
    const auto seen = co_await locks::locks_on_redis(servers.for_lockers().redis, after(inspection_time));
    into = 0;
    for (const auto& one : seen)
        if (one.name == coupon::lock_of_coupon(coupon_id)) into = one.waiters;
}

/// Holds the coupon's lock until all wait.
class holder {
   public:
    holder(stage& on, std::vector<pid_t> services)
        : on_(on),
          services_(std::move(services)),
          locks_(client::connect(config::from_url(on.servers().redis_url()))),
          servers_(on.executor(), {redis::endpoint_from_url(on.servers().redis_url()), {}, {}, {}}),
          held_(locks_, coupon::lock_of_coupon(coupon_id)) {
        held_.lock();
    }

    /// While they wait: their number, and the memory of the services.
    void let_them_stand_and_go() {
        const auto until = steady::now() + time_to_stand;
        while (standing_ < claims && steady::now() < until) {
            on_.run(count_waiters(servers_, standing_));
            pause();
        }
        memory_ = resident_memory(services_);
        held_.unlock();
    }

    std::size_t standing() const { return standing_; }
    std::size_t memory() const { return memory_; }

   private:
    static void pause() {
        const auto nanoseconds = std::chrono::nanoseconds(between_looks).count();
        const timespec time{0, nanoseconds};
        ::nanosleep(&time, nullptr);
    }

    stage& on_;
    std::vector<pid_t> services_;
    client locks_;
    locks::server_set servers_;
    mutex held_;
    std::size_t standing_ = 0;
    std::size_t memory_ = 0;
};

std::int64_t failed_or_lost(stage& on, const served_load& served) {
    const auto books = account_of(read_issued(served.claims_file), on.books());
    const auto failed = static_cast<std::int64_t>(claims) - books.acknowledged;
    return failed + books.lost + books.unexplained + books.duplicates + books.oversold + books.miscounted;
}

}  // namespace

std::vector<figure> measure_waiting(stage& on) {
    figure lost{"waiting_10000", "claims"};
    figure each{"waiting_10000_kib", "KiB"};
    on.reset();
    on.restart_services({"--wait", "60s"});
    on.claim_once("queue");
    on.reset();
    const auto services = on.all_parties().services;
    const auto empty = resident_memory(services);
    auto orders = on.orders("queue");
    orders.connections = claims;
    orders.requests = claims;
    orders.length = time_to_stand;
    holder other(on, services);
    const auto served = on.serve(orders, [&] { other.let_them_stand_and_go(); });
    on.restart_services();
    lost.values.push_back({static_cast<double>(failed_or_lost(on, served)), served.cpu});
    lost.details = {{"standing", static_cast<double>(other.standing())},
                    {"seconds", served.report.seconds},
                    {"max_ms", served.report.max_ms}};
    for (const auto& [status, count] : served.report.statuses)
        lost.details.emplace_back(fmt::format("status_{}", status), static_cast<double>(count));
    each.values.push_back({static_cast<double>(other.memory() - empty) / 1024 / claims});
    return {std::move(lost), std::move(each)};
}

}  // namespace dibs::claims_bench
