#include "claims_bench/service_statements.hpp"

#include "claims_bench/target.hpp"
#include "coupon/claims/batch_store.hpp"
#include "coupon/claims/store.hpp"
#include "coupon/input.hpp"
#include "locks/locker.hpp"
#include "postgres/transaction.hpp"

#include <utility>

namespace dibs::claims_bench {
namespace {

constexpr std::chrono::seconds answer_time{30};

const postgres::statement prepared{"", "SELECT name, statement FROM pg_prepared_statements"};

coupon::claim_request claim_of(const stage& on, std::size_t number) {
    coupon::claim_request made;
    made.user = on.user(number);
    made.coupon = coupon_id;
    made.code = coupon_code;
    made.key = "learning";
    return made;
}

task<void> claim_in_every_way(stage& on, postgres::pool& pool) {
    const auto by_anyone = claim_of(on, 0);
    co_await coupon::issue_any(pool, by_anyone, after(answer_time));

    const auto by_seen = claim_of(on, 1);
    auto seen = co_await coupon::read_evidence(pool, by_seen, after(answer_time));
    co_await coupon::issue_next(pool, by_seen, seen, after(answer_time));

    const auto by_fence = claim_of(on, 2);
    seen = co_await coupon::read_evidence(pool, by_fence, after(answer_time));
    const coupon::fence holder{fencing_token(1), owner_id("learning")};
    co_await coupon::issue_next(pool, by_fence, seen, holder, after(answer_time));

    std::vector<coupon::claim_request> several{claim_of(on, 3), claim_of(on, 4)};
    coupon::batch_writer together(pool, coupon_id);
    co_await together.issue(std::move(several), after(answer_time));
}

task<void> take_the_row(stage& on, postgres::pool& pool) {
    locks::backends where;
    where.executor = on.executor();
    where.pool = &pool;
    const auto rows = locks::make_locker(algorithm::database, where);
    lock_request wanted(coupon::lock_of_coupon(coupon_id));
    auto held = co_await rows->acquire(std::move(wanted));
    co_await held.value().release();
}

task<void> read_prepared(postgres::pool& pool, statement_texts& into) {
    postgres::params none;
    const auto rows = co_await pool.execute(prepared, std::move(none), after(answer_time));
    for (int row = 0; row < rows.rows(); ++row)
        into.emplace(std::string(rows.text(row, 0)), std::string(rows.text(row, 1)));
}

}  // namespace

statement_texts service_statements(stage& on) {
    on.reset();
    postgres::pool pool(on.executor(), target_of(on.servers()), {.size = 1});
    statement_texts found;
    on.run(claim_in_every_way(on, pool));
    on.run(take_the_row(on, pool));
    on.run(read_prepared(pool, found));
    return found;
}

}  // namespace dibs::claims_bench
