#include "torture/leftovers.hpp"

#include "core/run.hpp"
#include "postgres/pool.hpp"
#include "torture/admin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace dibs::torture {
namespace {

constexpr std::chrono::milliseconds between_counts{20};
constexpr std::chrono::seconds count_time{10};

constexpr postgres::statement other_sessions{"torture_sessions",
                                             "SELECT count(*) FROM pg_stat_activity WHERE backend_type = "
                                             "'client backend' AND pid <> pg_backend_pid()"};

void look_at_redis(const std::string& url, std::vector<std::string>& found) {
    admin looking(url);
    const auto keys = looking.ask(redis::command("KEYS").arg("dibs:*"));
    for (const auto& key : keys.elements()) {
        const auto left = looking.ask(redis::command("PTTL").arg(key.text())).integer();
        constexpr std::int64_t gone = -2;
        if (left == gone || (left > 0 && key.text().ends_with(":token"))) continue;
        found.push_back(fmt::format("{} is left, for {} ms", key.text(), left));
    }
    const auto clients = looking.ask(redis::command("CLIENT").arg("LIST")).text();
    if (const auto others = std::ranges::count(clients, '\n') - 1; others > 0)
        found.push_back(fmt::format("{} connections to a Redis are left:\n{}", others, clients));
}

task<void> look_at_postgres(std::string url, std::vector<std::string>& found) {
    postgres::pool pool(co_await asio::this_coro::executor, std::move(url), {.size = 1});
    postgres::params none;
    const auto answer = co_await pool.execute(other_sessions, std::move(none), after(count_time));
    if (const auto others = answer.integer(0, 0); others > 0)
        found.push_back(fmt::format("{} sessions of PostgreSQL are left", others));
    pool.close();
}

std::vector<std::string> present(const places& where) {
    std::vector<std::string> found;
    for (const auto& url : where.redis) look_at_redis(url, found);
    asio::io_context io{1};
    run_to_end(io, look_at_postgres(where.postgres, found));
    return found;
}

}  // namespace

std::vector<std::string> leftovers(const places& where, deadline until) {
    for (;;) {
        auto found = present(where);
        if (found.empty() || steady::now() >= until) return found;
        std::this_thread::sleep_for(between_counts);
    }
}

}  // namespace dibs::torture
