#include "soak/reconcile.hpp"

#include "check/claims.hpp"
#include "history/writer.hpp"
#include "postgres/pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace dibs::soak {
namespace {

using history::action;
using history::phase;

constexpr std::uint64_t reader_process = 2;  // in the history; the customers are 1

const postgres::statement count_claims{"", R"sql(
    SELECT id, stock, issued, (SELECT count(*) FROM claims WHERE coupon_id = coupons.id) FROM coupons)sql"};

// Without trust in the tables' own constraints.
const postgres::statement count_wrongs{"", R"sql(
    SELECT (SELECT count(*) FROM (
                SELECT FROM claims GROUP BY coupon_id, user_id HAVING count(*) > 1) AS users),
           (SELECT count(*) FROM (
                SELECT FROM claims GROUP BY user_id, coupon_id, idempotency_key HAVING count(*) > 1) AS keys),
           (SELECT coalesce(sum(conflicts), 0)::bigint FROM claim_conflicts))sql"};

const postgres::statement claims_of_coupon{"", R"sql(
    SELECT users.email, claims.idempotency_key, claims.id
    FROM claims JOIN users ON users.id = claims.user_id WHERE coupon_id = $1)sql"};

history::event reading_of(const std::string& coupon, std::uint64_t number) {
    history::event reading;
    reading.process = reader_process;
    reading.operation = number;
    reading.action = action::found;
    reading.name = coupon;
    return reading;
}

task<void> record_coupon(postgres::pool& pool, history::event reading, history::writer& into,
                         deadline until) {
    into.write(reading);
    auto values = postgres::params().add(reading.name);
    const auto rows = co_await pool.execute(claims_of_coupon, std::move(values), until);
    reading.phase = phase::ok;
    for (int row = 0; row < rows.rows(); ++row) {
        auto one = reading;
        one.owner = rows.text(row, 0);
        one.value = fmt::format("{} {}", rows.text(row, 1), rows.text(row, 2));
        into.write(std::move(one));
    }
    into.write(reading);
}

std::int64_t count_acknowledged(const check::events& all) {
    std::unordered_set<std::string_view> ids;
    for (const auto& one : all)
        if (one.action == action::claim && one.phase == phase::ok)
            ids.insert(std::string_view(one.value).substr(one.value.rfind(' ') + 1));
    return static_cast<std::int64_t>(ids.size());
}

/// Sold-out answers of coupons that had pieces left in the end.
std::int64_t count_false_sold_out(const check::events& all, const holdings& held) {
    return std::ranges::count_if(all, [&](const history::event& one) {
        if (one.action != action::claim || one.phase != phase::fail || one.value != "sold out") return false;
        const auto of = held.coupons.find(one.name);
        return of == held.coupons.end() || of->second.claims < of->second.stock;
    });
}

/// How often a check failed; what it has to say is kept.
std::int64_t violations(const check::verdict& found, books& into) {
    if (found.found == check::verdict::result::violated)
        into.explanations.push_back(fmt::format("{}: {}", found.check, found.explanation));
    return static_cast<std::int64_t>(found.violations);
}

}  // namespace

task<holdings> read_holdings(postgres::pool& pool, deadline until) {
    holdings held;
    postgres::params none;
    const auto counts = co_await pool.execute(count_claims, std::move(none), until);
    for (int row = 0; row < counts.rows(); ++row)
        held.coupons.emplace(counts.text(row, 0), coupon_count{counts.integer(row, 1), counts.integer(row, 2),
                                                               counts.integer(row, 3)});
    postgres::params none_either;
    const auto wrongs = co_await pool.execute(count_wrongs, std::move(none_either), until);
    held.users_with_two = wrongs.integer(0, 0);
    held.keys_with_two = wrongs.integer(0, 1);
    held.conflicts = wrongs.integer(0, 2);
    co_return held;
}

task<void> record_found(postgres::pool& pool, const holdings& of, history::writer& into, deadline until) {
    std::uint64_t number = 0;
    for (const auto& [coupon, count] : of.coupons) {
        auto reading = reading_of(coupon, ++number);
        co_await record_coupon(pool, std::move(reading), into, until);
    }
}

bool books::exact() const {
    return oversold == 0 && twice == 0 && lost == 0 && phantom == 0 && second_results == 0 &&
           sold_out_too_early == 0 && miscounted == 0;
}

books reconcile(const check::events& all, const holdings& held) {
    books found;
    found.acknowledged = count_acknowledged(all);
    std::map<std::string, std::int64_t> stocks;
    std::int64_t beyond_stock = 0;
    for (const auto& [coupon, count] : held.coupons) {
        stocks[coupon] = count.stock;
        found.in_database += count.claims;
        found.miscounted += std::abs(count.issued - count.claims);
        beyond_stock += std::max<std::int64_t>(0, count.claims - count.stock);
    }
    const auto of = check::claims_in(all);
    const auto lost = check::lost_claims(of);
    found.lost = violations(lost, found);
    if (lost.found == check::verdict::result::unknown && found.acknowledged > 0) {
        found.lost = found.acknowledged;
        found.explanations.push_back(
            fmt::format("{}: no reading of the database came to its end", lost.check));
    }
    found.phantom = violations(check::phantom_claims(of), found);
    const auto over_stock = violations(check::stock_kept(of, stocks), found);
    found.oversold = beyond_stock > 0 ? beyond_stock : over_stock;
    found.twice = std::max(held.users_with_two, violations(check::one_per_user(of), found));
    found.second_results = std::max(held.keys_with_two, violations(check::one_result_per_key(of), found));
    found.sold_out_too_early =
        violations(check::sold_out_is_final(of), found) + count_false_sold_out(all, held);
    return found;
}

}  // namespace dibs::soak
