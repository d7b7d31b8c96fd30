#include "coupon/admin/coupon_admin.hpp"

#include "coupon/input.hpp"
#include "postgres/failure.hpp"
#include "postgres/pool.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace dibs::coupon {
namespace {

const postgres::statement create_one{"coupon_create", R"sql(
    WITH made AS (
        INSERT INTO coupons (id, code, stock, per_user, opens_at, closes_at, paused)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO NOTHING
        RETURNING *),
    noted AS (INSERT INTO coupon_edits (coupon_id, edited_by, change) SELECT id, $8, $9::jsonb FROM made)
    SELECT id, code, stock, per_user, utc_text(opens_at), utc_text(closes_at), paused, issued, edition
    FROM made)sql"};

const postgres::statement edit_one{"coupon_edit", R"sql(
    WITH made AS (
        UPDATE coupons SET code = coalesce($2, code), stock = coalesce($3::bigint, stock),
                           per_user = coalesce($4::bigint, per_user),
                           opens_at = CASE WHEN $5::boolean THEN $6::timestamptz ELSE opens_at END,
                           closes_at = CASE WHEN $7::boolean THEN $8::timestamptz ELSE closes_at END,
                           paused = coalesce($9::boolean, paused), edition = edition + 1
        WHERE id = $1 AND edition = coalesce($10::bigint, edition)
        RETURNING *),
    noted AS (INSERT INTO coupon_edits (coupon_id, edited_by, change) SELECT id, $11, $12::jsonb FROM made)
    SELECT id, code, stock, per_user, utc_text(opens_at), utc_text(closes_at), paused, issued, edition
    FROM made)sql"};

const postgres::statement all_managed{"coupon_managed", R"sql(
    SELECT id, code, stock, per_user, utc_text(opens_at), utc_text(closes_at), paused, issued, edition
    FROM coupons ORDER BY id LIMIT 1000)sql"};

// One statement, so that all of it is of one moment. A user's claims are numbered from 1.
const postgres::statement figures_of_one{"coupon_figures", R"sql(
    SELECT id, code, stock, per_user, utc_text(opens_at), utc_text(closes_at), paused, issued, edition,
           made.claims, made.users,
           (SELECT coalesce(jsonb_object_agg(strategy, conflicts), '{}') FROM claim_conflicts WHERE coupon_id = $1)
    FROM coupons, (SELECT count(*) AS claims, count(*) FILTER (WHERE ordinal = 1) AS users
                   FROM claims WHERE coupon_id = $1) AS made
    WHERE id = $1)sql"};

const postgres::statement figures_of_all{"coupon_statistics", R"sql(
    SELECT people.count, people.guests, people.administrators,
           (SELECT count(*) FROM sessions WHERE expires_at > now()),
           drops.count, drops.issued,
           (SELECT coalesce(jsonb_object_agg(strategy, conflicts), '{}')
            FROM (SELECT strategy, sum(conflicts) AS conflicts FROM claim_conflicts GROUP BY strategy) AS summed)
    FROM (SELECT count(*), count(*) FILTER (WHERE password_hash IS NULL) AS guests,
                 count(*) FILTER (WHERE role = 'admin') AS administrators FROM users) AS people,
         (SELECT count(*), coalesce(sum(issued), 0) AS issued FROM coupons) AS drops)sql"};

constexpr const char* stock_constraint = "coupons_issued_within_stock";
constexpr const char* time_constraint = "coupons_open_before_they_close";

template <class Value>
void add_if(postgres::params& to, const std::optional<Value>& value) {
    if (value)
        to.add(*value);
    else
        to.add_null();
}

const char* truth(bool what) { return what ? "true" : "false"; }

postgres::params values_of(user_id by, const coupon_draft& wanted) {
    auto values = postgres::params().add(wanted.id).add(wanted.code).add(wanted.stock).add(wanted.per_user);
    add_if(values, wanted.opens_at);
    add_if(values, wanted.closes_at);
    values.add(truth(wanted.paused)).add(number(by)).add(for_the_record(wanted));
    return values;
}

void add_edit(postgres::params& to, const std::optional<time_edit>& edit) {
    to.add(truth(edit.has_value()));
    add_if(to, edit ? edit->at : std::nullopt);
}

postgres::params values_of(const edit_order& order) {
    auto values = postgres::params().add(order.coupon);
    add_if(values, order.change.code);
    add_if(values, order.change.stock);
    add_if(values, order.change.per_user);
    add_edit(values, order.change.opens_at);
    add_edit(values, order.change.closes_at);
    if (order.change.paused)
        values.add(truth(*order.change.paused));
    else
        values.add_null();
    add_if(values, order.of_edition);
    values.add(number(order.by)).add(for_the_record(order.change));
    return values;
}

managed_coupon managed_from(const postgres::result& rows, int row) {
    managed_coupon read;
    read.is.id = rows.text(row, 0);
    read.is.code = rows.text(row, 1);
    read.is.stock = rows.integer(row, 2);
    read.is.per_user = rows.integer(row, 3);
    read.is.opens_at = rows.optional_text(row, 4);
    read.is.closes_at = rows.optional_text(row, 5);
    read.is.paused = rows.truth(row, 6);
    read.issued = rows.integer(row, 7);
    read.edition = rows.integer(row, 8);
    return read;
}

/// Whether the stock was refused; what else was, is thrown.
bool stock_refused(const postgres::failure& refused) {
    if (refused.constraint() == stock_constraint) return true;
    if (refused.constraint() == time_constraint) throw invalid_input("`opensAt` must be before `closesAt`");
    throw refused;
}

boost::json::object object_in(std::string_view text) {
    return std::move(boost::json::parse(text).as_object());
}

const postgres::statement find_edition{"coupon_edition", "SELECT edition FROM coupons WHERE id = $1"};

task<edited> why_not(postgres::pool& pool, std::string coupon, deadline until) {
    auto values = postgres::params().add(coupon);
    const auto rows = co_await pool.execute(find_edition, std::move(values), until);
    co_return edited{rows.empty() ? edited::result::unknown_coupon : edited::result::edited_meanwhile};
}

}  // namespace

task<std::optional<managed_coupon>> create_coupon(postgres::pool& pool, user_id by, coupon_draft wanted,
                                                  deadline until) {
    auto values = values_of(by, wanted);
    try {
        const auto rows = co_await pool.execute(create_one, std::move(values), until);
        if (rows.empty()) co_return std::nullopt;
        co_return managed_from(rows, 0);
    } catch (const postgres::failure& refused) {
        stock_refused(refused);
        throw;
    }
}

task<edited> edit_coupon(postgres::pool& pool, edit_order order, deadline until) {
    auto values = values_of(order);
    try {
        const auto rows = co_await pool.execute(edit_one, std::move(values), until);
        if (!rows.empty()) co_return edited{edited::result::done, managed_from(rows, 0)};
    } catch (const postgres::failure& refused) {
        if (stock_refused(refused)) co_return edited{edited::result::stock_below_issued};
    }
    co_return co_await why_not(pool, std::move(order.coupon), until);
}

task<std::vector<managed_coupon>> managed_coupons(postgres::pool& pool, deadline until) {
    postgres::params none;
    const auto rows = co_await pool.execute(all_managed, std::move(none), until);
    std::vector<managed_coupon> read;
    for (int row = 0; row < rows.rows(); ++row) read.push_back(managed_from(rows, row));
    co_return read;
}

task<std::optional<coupon_figures>> coupon_figures_of(postgres::pool& pool, std::string coupon,
                                                      deadline until) {
    auto values = postgres::params().add(coupon);
    const auto rows = co_await pool.execute(figures_of_one, std::move(values), until);
    if (rows.empty()) co_return std::nullopt;
    coupon_figures read;
    read.of = managed_from(rows, 0);
    read.claims = rows.integer(0, 9);
    read.users = rows.integer(0, 10);
    read.conflicts = object_in(rows.text(0, 11));
    co_return read;
}

task<statistics> read_statistics(postgres::pool& pool, deadline until) {
    postgres::params none;
    const auto rows = co_await pool.execute(figures_of_all, std::move(none), until);
    statistics read;
    read.users = rows.integer(0, 0);
    read.guests = rows.integer(0, 1);
    read.administrators = rows.integer(0, 2);
    read.sessions = rows.integer(0, 3);
    read.coupons = rows.integer(0, 4);
    read.issued = rows.integer(0, 5);
    read.conflicts = object_in(rows.text(0, 6));
    co_return read;
}

}  // namespace dibs::coupon
