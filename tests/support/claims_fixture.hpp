#pragma once

#include "coupon/inventory.hpp"
#include "coupon/operations/schema.hpp"
#include "tests/support/coupon_office.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/run_task.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace dibs::tests {

inline constexpr std::chrono::seconds test_patience{10};

/// Two service processes' worth of connections, in one schema.
class claims_fixture : public testing::Test {
   protected:
    asio::io_context io{1};
    fresh_schema schema;
    server_urls urls = coupon_servers(schema.url());
    coupon_office first{io, urls};
    coupon_office second{io, urls};

    void SetUp() override { run_task(io, coupon::migrate(pool(), after(test_patience))); }
    void TearDown() override {
        run_task(io, first.desk.settle());
        run_task(io, second.desk.settle());
    }

    postgres::pool& pool() { return first.servers.pool(); }

    void stock(const std::string& id, std::int64_t pieces) {
        coupon::coupon_spec spec{id, "CODE", pieces};
        run_task(io, coupon::add_coupon(pool(), std::move(spec), after(test_patience)));
    }
    void sql(const std::string& text) { run_sql(schema.url(), text); }
    std::vector<coupon::user_id> users(int count) { return run_task(io, make_users(pool(), count)); }
    coupon::ledger books(const std::string& id) {
        return run_task(io, coupon::reconcile(pool(), id, after(test_patience)));
    }

    void await(const std::function<bool()>& what) {
        const auto until = after(test_patience);
        io.restart();
        while (!what() && steady::now() < until) io.run_one_until(until);
        ASSERT_TRUE(what());
    }

    std::vector<postgres::pool::loan> all_sessions() { return all_sessions(pool()); }
    std::vector<postgres::pool::loan> all_sessions(postgres::pool& of) {
        std::vector<postgres::pool::loan> taken;
        for (std::size_t i = 0; i < postgres::pool_options{}.size; ++i)
            taken.push_back(run_task(io, of.acquire(after(test_patience))));
        EXPECT_THROW(run_task(io, of.acquire(after(std::chrono::milliseconds(1)))), error)
            << "no more are to be had";
        return taken;
    }

    /// The users' claims, by turns at either process.
    std::vector<coupon::outcome> claim(const std::vector<coupon::claim_request>& requests,
                                       coupon::strategy how) {
        std::vector<claim_by> made;
        for (const auto& request : requests)
            made.push_back({made.size() % 2 == 0 ? &first : &second, request});
        return run_task(io, claim_at_once(std::move(made), how));
    }
    coupon::outcome claim_once(const coupon::claim_request& request, coupon::strategy how) {
        return claim({request}, how).front();
    }
};

inline std::vector<coupon::claim_request> each_once(const std::vector<coupon::user_id>& users,
                                                    const std::string& id) {
    std::vector<coupon::claim_request> requests;
    for (const auto user : users) requests.push_back({user, id, "CODE", "key"});
    return requests;
}

inline std::ptrdiff_t count(const std::vector<coupon::outcome>& results, coupon::verdict what) {
    return std::count_if(results.begin(), results.end(),
                         [&](const coupon::outcome& one) { return one.result == what; });
}

inline std::vector<coupon::claim_id> issued_ids(const std::vector<coupon::outcome>& results) {
    std::vector<coupon::claim_id> ids;
    for (const auto& one : results)
        if (one.result == coupon::verdict::issued) ids.push_back(one.claim->id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

}  // namespace dibs::tests
