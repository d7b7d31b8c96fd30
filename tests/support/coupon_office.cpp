#include "tests/support/coupon_office.hpp"

#include "core/task_group.hpp"
#include "sandbox/redis_server.hpp"
#include "sandbox/servers.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace dibs::tests {
namespace {

constexpr std::chrono::seconds patience{10};

struct redis_fleet {
    redis_fleet() {
        for (int i = 0; i <= sandbox::redlock_masters; ++i) {
            sandbox::redis_options options;
            options.name = "redis" + std::to_string(i);
            servers.push_back(std::make_unique<sandbox::redis_server>(box, std::move(options)));
            servers.back()->launch();
        }
        for (const auto& server : servers) server->await_ready();
    }

    sandbox::supervisor box;
    std::vector<std::unique_ptr<sandbox::redis_server>> servers;
};

std::optional<redis_fleet>& fleet() {
    static std::optional<redis_fleet> instance;
    return instance;
}

class ends_with_the_tests : public testing::Environment {
    void TearDown() override { fleet().reset(); }
};

[[maybe_unused]] const auto* const environment = testing::AddGlobalTestEnvironment(new ends_with_the_tests);

task<void> claim_one(claim_by made, coupon::strategy how, coupon::outcome& result) {
    result = co_await made.office->desk.claim(std::move(made.request), how);
}

const postgres::statement add_users{"test_add_users", R"sql(
    INSERT INTO users (email, name, idempotency_key)
    SELECT 'u' || n || '@test', 'u', 'k' FROM generate_series(1, $1::int) n RETURNING id)sql"};

}  // namespace

server_urls coupon_servers(const std::string& postgres_url) {
    if (!fleet()) fleet().emplace();
    server_urls urls;
    urls.redis = fleet()->servers.front()->url();
    for (std::size_t i = 1; i < fleet()->servers.size(); ++i)
        urls.masters.push_back(fleet()->servers[i]->url());
    urls.postgres = postgres_url;
    return urls;
}

coupon_office::coupon_office(asio::io_context& io, const server_urls& urls,
                             coupon::claim_desk::limits allowed)
    : servers(io.get_executor(), urls), desk(io.get_executor(), servers.pool(), allowed) {
    for (const auto kind : coupon::all_strategies)
        if (const auto lock = coupon::lock_of(kind))
            desk.offer(kind, locks::make_locker(*lock, servers.for_lockers()));
}

task<std::vector<coupon::outcome>> claim_at_once(std::vector<claim_by> claims, coupon::strategy how) {
    std::vector<coupon::outcome> results(claims.size());
    task_group all(co_await asio::this_coro::executor);
    for (std::size_t i = 0; i < claims.size(); ++i) all.spawn(claim_one(claims[i], how, results[i]));
    co_await all.join();
    co_return results;
}

task<std::vector<coupon::user_id>> make_users(postgres::pool& pool, int count) {
    auto values = postgres::params().add(count);
    const auto rows = co_await pool.execute(add_users, std::move(values), after(patience));
    std::vector<coupon::user_id> ids;
    for (int row = 0; row < rows.rows(); ++row) ids.push_back(coupon::user_id{rows.integer(row, 0)});
    co_return ids;
}

}  // namespace dibs::tests
