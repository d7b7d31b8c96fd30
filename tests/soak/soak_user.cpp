// A process of the soak: coroutines that take random locks in random ways until SIGTERM, and then tell on
// stdout what became of it.
//
// Whether a lock holds is seen by a file lock that each holder takes without waiting (guard.hpp).
#include "core/run.hpp"
#include "core/task_group.hpp"
#include "core/timeout.hpp"
#include "tests/soak/guard.hpp"
#include "tests/soak/tally.hpp"

#include <dibs/client.hpp>
#include <dibs/error.hpp>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

namespace {

using namespace dibs;
using namespace std::chrono_literals;
using soak::tally;

constexpr int coroutines = 32;
constexpr int names = 8;
constexpr auto warm_up = 15s;  // idle subscriptions have been dropped by then

struct orders {
    config servers;
    std::uint64_t seed = 1;
    std::filesystem::path folder;
};

std::int64_t open_descriptors() {
    using entries = std::filesystem::directory_iterator;
    return std::distance(entries("/proc/self/fd"), entries());
}

std::int64_t resident_kib() {
    malloc_trim(0);
    std::ifstream statm("/proc/self/statm");
    std::int64_t size = 0;
    std::int64_t resident = 0;
    statm >> size >> resident;
    return resident * sysconf(_SC_PAGESIZE) / 1024;
}

class user {
   public:
    user(client locks, orders told) : locks_(std::move(locks)), told_(std::move(told)), random_(told_.seed) {}

    task<void> visit_until_stopped(const bool& stopped) {
        while (!stopped) {
            try {
                co_await visit();
            } catch (const error& failure) {
                ++counts_[failure.in_doubt() ? "in_doubt" : "failed"];
                if (!failure.in_doubt()) fmt::print(stderr, "soak_user: {}\n", failure.what());
            }
        }
    }

    tally& counts() { return counts_; }

   private:
    int up_to(int most) { return std::uniform_int_distribution(0, most)(random_); }

    lock_request any_request() {
        lock_request wanted("soak:" + std::to_string(up_to(names - 1)));
        wanted.algorithm = all_algorithms.at(static_cast<std::size_t>(up_to(5)));
        wanted.wait = std::chrono::milliseconds(up_to(2000));
        wanted.lease = 3s;
        if (wanted.algorithm == algorithm::database || wanted.algorithm == algorithm::redlock) return wanted;
        constexpr std::array ways{local_handoff::by_algorithm, local_handoff::on, local_handoff::off};
        wanted.local_handoff = ways.at(static_cast<std::size_t>(up_to(2)));
        return wanted;
    }

    task<std::optional<lease>> try_to_have(lock_request wanted) {
        const bool impatient = up_to(3) == 0;
        if (!impatient) co_return co_await locks_.acquire(std::move(wanted));
        auto cut = co_await with_timeout(locks_.acquire(std::move(wanted)), after(up_to(20'000) * 1us));
        if (cut) co_return std::move(*cut);
        ++counts_["cancelled"];
        co_return std::nullopt;
    }

    /// Locks that exclude one another share a file.
    std::string guard_of(const lock_request& wanted) const {
        const bool on_one_redis =
            wanted.algorithm != algorithm::redlock && wanted.algorithm != algorithm::database;
        return told_.folder /
               fmt::format("{}.{}", on_one_redis ? "redis" : to_string(wanted.algorithm), wanted.name.text());
    }

    task<void> visit() {
        const auto wanted = any_request();
        auto held = co_await try_to_have(wanted);
        if (!held) {
            ++counts_["not_had"];
            co_return;
        }
        ++counts_["grants"];
        std::optional<soak::guard> guard(guard_of(wanted));
        const auto found = guard->take();
        if (found == soak::guard::outcome::taken_from_the_dying) ++counts_["from_the_dying"];
        if (found == soak::guard::outcome::met_another) {
            // In a file, for this process may be killed before it tells what it has counted.
            std::ofstream(told_.folder / soak::overlaps_file, std::ios::app) << "x";
            tell_of("overlaps", wanted, *held);
        }
        asio::steady_timer hold(locks_.executor(), up_to(5000) * 1us);
        co_await hold.async_wait(asio::use_awaitable);
        guard.reset();
        if (up_to(3) == 0) co_return;  // dropped: released in the background
        const auto outcome = co_await held->release();
        if (outcome == release_outcome::released) co_return;
        ++counts_["late"];
        tell_of("late", wanted, *held);
    }

    /// What must not be, with all that can be said of it.
    static void tell_of(const char* what, const lock_request& wanted, const lease& held) {
        const std::chrono::duration<double, std::milli> left = held.valid_until() - steady::now();
        fmt::print(stderr,
                   "soak_user: {}: {} by {}, handed on locally: {}, owner {}, token {}, {:.1f} ms left, "
                   "lost: '{}'\n",
                   what, wanted.name.text(), to_string(wanted.algorithm),
                   static_cast<int>(wanted.local_handoff), held.owner().text(),
                   held.token().value_or(fencing_token(0)).value(), left.count(), held.loss());
    }

    client locks_;
    orders told_;
    std::mt19937_64 random_;
    tally counts_;
};

task<void> note_memory_when_warm(tally& counts) {
    asio::steady_timer pause(co_await asio::this_coro::executor, warm_up);
    co_await pause.async_wait(asio::use_awaitable);
    counts["kib_warm"] = resident_kib();
}

task<tally> use_locks(client locks, asio::signal_set& signals, orders told) {
    const auto executor = locks.executor();
    user one(std::move(locks), std::move(told));
    bool stopped = false;
    task_group running(executor);
    for (int i = 0; i < coroutines; ++i) running.spawn(one.visit_until_stopped(stopped));
    fmt::print("ready\n");
    std::fflush(stdout);
    auto told_to_stop = [&signals]() -> task<void> { co_await signals.async_wait(asio::use_awaitable); };
    auto noted = note_memory_when_warm(one.counts());
    const auto first = co_await first_of(told_to_stop(), std::move(noted));
    if (first != 0) co_await told_to_stop();
    stopped = true;
    co_await running.join();
    one.counts()["kib_end"] = resident_kib();
    co_return one.counts();
}

task<void> work(orders told) {
    const auto executor = co_await asio::this_coro::executor;
    asio::signal_set signals(executor, SIGTERM);
    const auto descriptors = open_descriptors();  // with those that Asio keeps
    auto locks = co_await client::connect(executor, told.servers);
    auto counts = co_await use_locks(locks, signals, std::move(told));
    co_await locks.close();
    counts["descriptors_left"] = open_descriptors() - descriptors;
    fmt::print("{}\n", soak::to_line(counts));
}

}  // namespace

int main(int argc, char** argv) {
    orders told;
    CLI::App app;
    app.add_option("--redis", told.servers.redis);
    app.add_option("--master", told.servers.masters);
    app.add_option("--postgres", told.servers.postgres);
    app.add_option("--seed", told.seed);
    app.add_option("--folder", told.folder);
    CLI11_PARSE(app, argc, argv);
    try {
        asio::io_context io{1};
        run_to_end(io, work(std::move(told)));
    } catch (const std::exception& failure) {
        fmt::print(stderr, "soak_user: {}\n", failure.what());
        return 1;
    }
    return 0;
}
