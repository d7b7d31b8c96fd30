#include "coupon/store.hpp"

#include "postgres/failure.hpp"
#include "postgres/pool.hpp"
#include "postgres/transaction.hpp"

#include <utility>

namespace dibs::coupon {
namespace {

// Always one row: the coupon's columns, then those of up to two claims.
const postgres::statement read_all{"coupon_evidence", R"sql(
    SELECT c.code, c.stock, c.issued,
           u.id, utc_text(u.issued_at),
           k.id, k.coupon_id, utc_text(k.issued_at)
    FROM (VALUES (1)) AS always
    LEFT JOIN coupons c ON c.id = $1
    LEFT JOIN claims u ON u.coupon_id = $1 AND u.user_id = $2
    LEFT JOIN claims k ON k.user_id = $2 AND k.idempotency_key = $3)sql"};

const postgres::statement issue_guarded{"coupon_issue_guarded", R"sql(
    WITH taken AS (
        UPDATE coupons SET issued = $4::bigint + 1
        WHERE id = $1 AND issued = $4 AND stock > $4
        RETURNING id)
    INSERT INTO claims (coupon_id, user_id, idempotency_key) SELECT id, $2, $3 FROM taken
    RETURNING id, utc_text(issued_at))sql"};

const postgres::statement issue_fenced{"coupon_issue_fenced", R"sql(
    WITH taken AS (
        UPDATE coupons SET issued = $4::bigint + 1, fence = $5, fence_owner = $6
        WHERE id = $1 AND issued = $4 AND stock > $4
          AND (fence < $5 OR (fence = $5 AND fence_owner = $6))
        RETURNING id)
    INSERT INTO claims (coupon_id, user_id, idempotency_key) SELECT id, $2, $3 FROM taken
    RETURNING id, utc_text(issued_at))sql"};

const postgres::statement issue_conditional{"coupon_issue_conditional", R"sql(
    WITH taken AS (
        UPDATE coupons SET issued = issued + 1
        WHERE id = $1 AND code = $4 AND stock > issued
        RETURNING id)
    INSERT INTO claims (coupon_id, user_id, idempotency_key) SELECT id, $2, $3 FROM taken
    RETURNING id, utc_text(issued_at))sql"};

const postgres::statement add_conflict{"coupon_add_conflict", R"sql(
    INSERT INTO claim_conflicts (coupon_id, strategy, conflicts) VALUES ($1, $2, 1)
    ON CONFLICT (coupon_id, strategy) DO UPDATE SET conflicts = claim_conflicts.conflicts + 1)sql"};

const postgres::statement all_coupons{"coupon_list", R"sql(
    SELECT id, code, stock, issued FROM coupons ORDER BY id LIMIT 1000)sql"};

const postgres::statement one_coupon{"coupon_one", R"sql(
    SELECT id, code, stock, issued FROM coupons WHERE id = $1)sql"};

const postgres::statement claims_of_user{"coupon_claims_of", R"sql(
    SELECT id, coupon_id, utc_text(issued_at) FROM claims WHERE user_id = $1 ORDER BY id DESC LIMIT 1000)sql"};

constexpr std::string_view unique_violation = "23505";
constexpr std::string_view foreign_key_violation = "23503";
constexpr std::string_view user_constraint = "claims_user_exists";

postgres::params asking(const claim_request& request) {
    return postgres::params().add(request.coupon).add(number(request.user)).add(request.key);
}

coupon_state coupon_from(const postgres::result& rows, int row) {
    coupon_state read;
    read.id = rows.text(row, 0);
    read.code = rows.text(row, 1);
    read.stock = rows.integer(row, 2);
    read.issued = rows.integer(row, 3);
    return read;
}

evidence evidence_from(const postgres::result& rows, const claim_request& request) {
    evidence seen;
    if (!rows.is_null(0, 0))
        seen.coupon = coupon_state{request.coupon, std::string(rows.text(0, 0)), rows.integer(0, 1),
                                   rows.integer(0, 2)};
    if (!rows.is_null(0, 3))
        seen.of_user = claim_record{claim_id{rows.integer(0, 3)}, request.coupon, request.user,
                                    std::string(rows.text(0, 4))};
    if (!rows.is_null(0, 5))
        seen.of_key = claim_record{claim_id{rows.integer(0, 5)}, std::string(rows.text(0, 6)), request.user,
                                   std::string(rows.text(0, 7))};
    return seen;
}

written written_by(const postgres::failure& refused) {
    if (refused.sqlstate() == unique_violation) return {written::result::already_there};
    if (refused.sqlstate() == foreign_key_violation && refused.constraint() == user_constraint)
        return {written::result::no_such_user};
    throw refused;
}

task<written> issue(session on, const postgres::statement& how, claim_request request,
                    postgres::params values, deadline until) {
    try {
        const auto rows = co_await on.execute(how, std::move(values), until);
        if (rows.empty()) co_return written{written::result::overtaken};
        claim_record made{claim_id{rows.integer(0, 0)}, std::move(request.coupon), request.user,
                          std::string(rows.text(0, 1))};
        co_return written{written::result::done, std::move(made)};
    } catch (const postgres::failure& refused) {
        co_return written_by(refused);
    }
}

}  // namespace

task<postgres::result> session::execute(const postgres::statement& what, postgres::params values,
                                        deadline until) {
    if (transaction_) return transaction_->execute(what, std::move(values), until);
    return pool_->execute(what, std::move(values), until);
}

task<evidence> read_evidence(session on, claim_request request, deadline until) {
    auto values = asking(request);
    const auto rows = co_await on.execute(read_all, std::move(values), until);
    co_return evidence_from(rows, request);
}

task<written> issue_next(session on, claim_request request, const coupon_state& seen, deadline until) {
    auto values = asking(request).add(seen.issued);
    return issue(on, issue_guarded, std::move(request), std::move(values), until);
}

task<written> issue_next(session on, claim_request request, const coupon_state& seen, const fence& holder,
                         deadline until) {
    auto values = asking(request).add(seen.issued).add(holder.token.value()).add(holder.owner.text());
    return issue(on, issue_fenced, std::move(request), std::move(values), until);
}

task<written> issue_any(session on, claim_request request, deadline until) {
    auto values = asking(request).add(request.code);
    return issue(on, issue_conditional, std::move(request), std::move(values), until);
}

task<void> count_conflict(session on, std::string coupon, strategy under, deadline until) {
    auto values = postgres::params().add(coupon).add(to_string(under));
    co_await on.execute(add_conflict, std::move(values), until);
}

task<std::vector<coupon_state>> list_coupons(session on, deadline until) {
    postgres::params none;
    const auto rows = co_await on.execute(all_coupons, std::move(none), until);
    std::vector<coupon_state> read;
    for (int row = 0; row < rows.rows(); ++row) read.push_back(coupon_from(rows, row));
    co_return read;
}

task<std::optional<coupon_state>> find_coupon(session on, std::string id, deadline until) {
    auto values = postgres::params().add(id);
    const auto rows = co_await on.execute(one_coupon, std::move(values), until);
    if (rows.empty()) co_return std::nullopt;
    co_return coupon_from(rows, 0);
}

task<std::vector<claim_record>> claims_of(session on, user_id user, deadline until) {
    auto values = postgres::params().add(number(user));
    const auto rows = co_await on.execute(claims_of_user, std::move(values), until);
    std::vector<claim_record> read;
    for (int row = 0; row < rows.rows(); ++row)
        read.push_back({claim_id{rows.integer(row, 0)}, std::string(rows.text(row, 1)), user,
                        std::string(rows.text(row, 2))});
    co_return read;
}

}  // namespace dibs::coupon
