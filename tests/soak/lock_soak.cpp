// Processes use locks of every kind while some of them are killed and their connections are cut; afterwards
// everything is back where it was, or the status is 1.
#include "core/run.hpp"
#include "sandbox/servers.hpp"
#include "tests/soak/guard.hpp"
#include "tests/soak/tally.hpp"
#include "tests/soak/traces.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <random>
#include <vector>

namespace {

using namespace dibs;
using namespace std::chrono_literals;

constexpr std::size_t users = 4;  // the first of which is not killed, so that its memory can be watched

struct orders {
    int seconds = 60;
    std::uint64_t seed = std::random_device()();
};

class lock_soak {
   public:
    lock_soak(asio::io_context& io, const orders& told)
        : told_(told),
          random_(told.seed),
          servers_(sandbox::servers::start({.redis_masters = 5})),
          at_(io.get_executor(), addresses()) {
        std::filesystem::create_directory(folder());
    }

    task<bool> run() {
        const auto before = co_await soak::traces_at(at_);
        for (std::size_t i = 0; i < users; ++i) running_.push_back(start_user());
        co_await disturb();
        stop_users();
        const auto overlaps = folder() / soak::overlaps_file;
        counts_["overlaps"] =
            std::filesystem::exists(overlaps) ? static_cast<std::int64_t>(file_size(overlaps)) : 0;
        const auto left = co_await traces_that_stay(before);
        for (const auto& [what, count] : left)
            fmt::print("{:<22} {:>9} before, {} after\n", what, before.at(what), count);
        for (const auto& [what, count] : counts_) fmt::print("{:<22} {:>9}\n", what, count);
        co_return passed() && left == before;
    }

   private:
    std::filesystem::path folder() const { return servers_.folder() / "guards"; }

    locks::server_addresses addresses() const {
        locks::server_addresses where;
        where.redis = redis::endpoint_from_url(servers_.redis_url());
        for (const auto& url : servers_.redlock_urls())
            where.masters.push_back(redis::endpoint_from_url(url));
        where.postgres = postgres::target{.conninfo = servers_.postgres_url()};
        return where;
    }

    sandbox::process start_user() {
        sandbox::program program(DIBS_SOAK_USER,
                                 {"--redis", servers_.redis_url(), "--postgres", servers_.postgres_url(),
                                  "--folder", folder(), "--seed", std::to_string(random_())});
        for (const auto& master : servers_.redlock_urls())
            program.arguments.insert(program.arguments.end(), {"--master", master});
        program.standard_output = sandbox::output::pipe();
        program.standard_error = sandbox::output::inherited();
        auto started = servers_.supervisor().start(program);
        started.read_line(sandbox::clock::now() + 30s);
        return started;
    }

    std::size_t any(std::size_t from, std::size_t to) {
        return std::uniform_int_distribution(from, to)(random_);
    }

    task<void> disturb() {
        const auto until = after(std::chrono::seconds(told_.seconds));
        auto next_kill = after(2s);
        asio::steady_timer pause(co_await asio::this_coro::executor);
        while (steady::now() < until) {
            pause.expires_after(std::chrono::milliseconds(any(300, 1500)));
            co_await pause.async_wait(asio::use_awaitable);
            co_await cut_somebody();
            if (steady::now() < next_kill) continue;
            auto& victim = running_.at(any(1, users - 1));
            victim.kill();
            victim = start_user();
            ++counts_["kills"];
            next_kill = after(std::chrono::milliseconds(any(2000, 5000)));
        }
    }

    task<void> cut_somebody() {
        const auto all = at_.for_lockers();
        const auto which = any(0, all.masters.size());
        const auto server = which == 0 ? all.redis : all.masters.at(which - 1);
        const std::string kind = any(0, 2) == 0 ? "pubsub" : "normal";
        ++counts_["cut_" + kind];
        co_await soak::cut_connections(*server, kind);
    }

    void stop_users() {
        for (auto& one : running_) one.signal(SIGTERM);
        for (std::size_t i = 0; i < users; ++i) {
            const auto line = running_.at(i).read_line(sandbox::clock::now() + 30s);
            const auto status = running_.at(i).wait(sandbox::clock::now() + 30s);
            if (!line || !status || !status->success()) {
                ++counts_["broken_users"];
                continue;
            }
            for (const auto& [what, count] : soak::tally_from(*line)) {
                const bool of_memory = what.starts_with("kib");
                if (!of_memory || i == 0) counts_[what] += count;
            }
        }
    }

    /// What killed users held ends with its lease, and their connections with them.
    task<soak::traces> traces_that_stay(soak::traces before) {
        const auto until = after(30s);
        asio::steady_timer pause(co_await asio::this_coro::executor);
        for (;;) {
            auto found = co_await soak::traces_at(at_);
            if (found == before || steady::now() >= until) co_return found;
            pause.expires_after(100ms);
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    bool passed() {
        const bool memory_kept = counts_["kib_end"] <= counts_["kib_warm"] * 11 / 10;
        return counts_["grants"] > 0 && counts_["overlaps"] == 0 && counts_["descriptors_left"] == 0 &&
               counts_["broken_users"] == 0 && memory_kept;
    }

    orders told_;
    std::mt19937_64 random_;
    sandbox::servers servers_;
    locks::server_set at_;
    std::vector<sandbox::process> running_;
    soak::tally counts_;
};

}  // namespace

int main(int argc, char** argv) {
    orders told;
    CLI::App app("Locks of every kind in four processes, which are killed and cut off");
    app.add_option("--seconds", told.seconds)->check(CLI::Range(20, 86'400))->capture_default_str();
    app.add_option("--seed", told.seed, "What is done, and to whom [random]");
    CLI11_PARSE(app, argc, argv);
    try {
        fmt::print("seed {}, {} s\n", told.seed, told.seconds);
        std::fflush(stdout);
        asio::io_context io{1};
        lock_soak soak(io, told);
        bool passed = false;
        run_to_end(io, [&]() -> task<void> { passed = co_await soak.run(); }());
        fmt::print("{}\n", passed ? "passed" : "FAILED");
        return passed ? 0 : 1;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "lock_soak: {}\n", failure.what());
        return 1;
    }
}
