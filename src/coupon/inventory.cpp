#include "coupon/inventory.hpp"

#include "postgres/pool.hpp"
#include "postgres/transaction.hpp"

#include <dibs/error.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace dibs::coupon {
namespace {

const postgres::statement insert_coupon{"coupon_insert", R"sql(
    INSERT INTO coupons (id, code, stock) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING)sql"};

// First of the reset: it waits for the claims that hold the row, so that the next statement sees them.
const postgres::statement renew_coupon{"coupon_renew", R"sql(
    INSERT INTO coupons (id, code, stock) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET code = $2, stock = $3, issued = 0, fence = 0, fence_owner = '')sql"};

const postgres::statement forget_claims{"coupon_forget_claims", "DELETE FROM claims WHERE coupon_id = $1"};

const postgres::statement forget_conflicts{"coupon_forget_conflicts",
                                           "DELETE FROM claim_conflicts WHERE coupon_id = $1"};

// One statement, so that all of it is of one moment.
const postgres::statement read_ledger{"coupon_ledger", R"sql(
    SELECT 'coupon', stock, issued, '' FROM coupons WHERE id = $1
    UNION ALL
    SELECT 'claim', id, user_id, '' FROM claims WHERE coupon_id = $1
    UNION ALL
    SELECT 'conflicts', conflicts, 0, strategy FROM claim_conflicts WHERE coupon_id = $1)sql"};

postgres::params described(const coupon_spec& spec) {
    return postgres::params().add(spec.id).add(spec.code).add(spec.stock);
}

}  // namespace

task<void> add_coupon(postgres::pool& pool, coupon_spec spec, deadline until) {
    check(spec);
    auto values = described(spec);
    co_await pool.execute(insert_coupon, std::move(values), until);
}

task<void> reset_coupon(postgres::pool& pool, coupon_spec spec, deadline until) {
    check(spec);
    auto change = co_await postgres::transaction::begin(pool, until);
    auto values = described(spec);
    co_await change.execute(renew_coupon, std::move(values), until);
    auto of_claims = postgres::params().add(spec.id);
    co_await change.execute(forget_claims, std::move(of_claims), until);
    auto of_conflicts = postgres::params().add(spec.id);
    co_await change.execute(forget_conflicts, std::move(of_conflicts), until);
    co_await change.commit(until);
}

task<ledger> reconcile(postgres::pool& pool, std::string coupon, deadline until) {
    auto values = postgres::params().add(coupon);
    const auto rows = co_await pool.execute(read_ledger, std::move(values), until);
    ledger read;
    std::map<std::int64_t, int> per_user;
    bool known = false;
    for (int row = 0; row < rows.rows(); ++row) {
        const auto what = rows.text(row, 0);
        if (what == "coupon") {
            known = true;
            read.stock = rows.integer(row, 1);
            read.issued = rows.integer(row, 2);
        } else if (what == "claim") {
            read.claims.push_back(claim_id{rows.integer(row, 1)});
            if (++per_user[rows.integer(row, 2)] == 2) ++read.users_with_two;
        } else {
            read.conflicts[std::string(rows.text(row, 3))] = rows.integer(row, 1);
        }
    }
    if (!known) throw error(fault::bad_input, "coupons", std::move(coupon), "there is no such coupon");
    std::sort(read.claims.begin(), read.claims.end());
    read.users = static_cast<std::int64_t>(per_user.size());
    co_return read;
}

std::int64_t ledger::total_conflicts() const {
    return std::accumulate(conflicts.begin(), conflicts.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& one) { return sum + one.second; });
}

bool ledger::consistent() const {
    return issued <= stock && users_with_two == 0 && std::cmp_equal(claims.size(), issued);
}

}  // namespace dibs::coupon
