#include "coupon/claims/store.hpp"

#include "coupon/coupon_rows.hpp"
#include "postgres/failure.hpp"
#include "postgres/pool.hpp"
#include "postgres/transaction.hpp"

#include <cstddef>
#include <utility>

namespace dibs::coupon {
namespace {

// Always one row: whether the user is there, its pieces, then the coupon's columns and those of the key's
// claim.
const postgres::statement read_all{"coupon_evidence", R"sql(
    SELECT EXISTS (SELECT FROM users WHERE id = $2),
           (SELECT count(*) FROM claims WHERE coupon_id = $1 AND user_id = $2),
           c.id, c.code, c.stock, c.issued, c.per_user, c.phase, c.opens_at, c.closes_at,
           k.id, utc_text(k.issued_at), coalesce(k.fingerprint = $4, true)
    FROM (VALUES (1)) AS always
    LEFT JOIN coupon_states c ON c.id = $1
    LEFT JOIN claims k ON k.coupon_id = $1 AND k.user_id = $2 AND k.idempotency_key = $3)sql"};

// What was read and judged before is asked again where it may have changed: a write that finds it changed
// does nothing.
const postgres::statement issue_guarded{"coupon_issue_guarded", R"sql(
    WITH taken AS (
        UPDATE coupons SET issued = $6::bigint + 1
        WHERE id = $1 AND code = $7 AND issued = $6 AND stock > $6 AND per_user >= $5
          AND coupon_phase(paused, opens_at, closes_at) = 'open'
        RETURNING id)
    INSERT INTO claims (coupon_id, user_id, idempotency_key, fingerprint, ordinal)
    SELECT id, $2, $3, $4, $5 FROM taken
    RETURNING id, utc_text(issued_at))sql"};

const postgres::statement issue_fenced{"coupon_issue_fenced", R"sql(
    WITH taken AS (
        UPDATE coupons SET issued = $6::bigint + 1, fence = $8, fence_owner = $9
        WHERE id = $1 AND code = $7 AND issued = $6 AND stock > $6 AND per_user >= $5
          AND coupon_phase(paused, opens_at, closes_at) = 'open'
          AND (fence < $8 OR (fence = $8 AND fence_owner = $9))
        RETURNING id)
    INSERT INTO claims (coupon_id, user_id, idempotency_key, fingerprint, ordinal)
    SELECT id, $2, $3, $4, $5 FROM taken
    RETURNING id, utc_text(issued_at))sql"};

const postgres::statement issue_conditional{"coupon_issue_conditional", R"sql(
    WITH had AS (SELECT count(*) AS pieces FROM claims WHERE coupon_id = $1 AND user_id = $2),
    taken AS (
        UPDATE coupons SET issued = issued + 1 FROM had
        WHERE id = $1 AND code = $5 AND stock > issued AND per_user > had.pieces
          AND coupon_phase(paused, opens_at, closes_at) = 'open'
          AND EXISTS (SELECT FROM users WHERE users.id = $2)
        RETURNING id, had.pieces)
    INSERT INTO claims (coupon_id, user_id, idempotency_key, fingerprint, ordinal)
    SELECT id, $2, $3, $4, pieces + 1 FROM taken
    RETURNING id, utc_text(issued_at))sql"};

const postgres::statement look_at_fence{"coupon_look_at_fence", R"sql(
    SELECT FROM coupons WHERE id = $1 AND (fence > $2 OR (fence = $2 AND fence_owner <> $3)))sql"};

const postgres::statement add_conflict{"coupon_add_conflict", R"sql(
    INSERT INTO claim_conflicts (coupon_id, strategy, conflicts) VALUES ($1, $2, 1)
    ON CONFLICT (coupon_id, strategy) DO UPDATE SET conflicts = claim_conflicts.conflicts + 1)sql"};

const postgres::statement all_coupons{"coupon_list", R"sql(
    SELECT id, code, stock, issued, per_user, phase, opens_at, closes_at FROM coupon_states
    ORDER BY id LIMIT 1000)sql"};

const postgres::statement one_coupon{"coupon_one", R"sql(
    SELECT id, code, stock, issued, per_user, phase, opens_at, closes_at FROM coupon_states WHERE id = $1)sql"};

const postgres::statement claims_of_user{"coupon_claims_of", R"sql(
    SELECT id, coupon_id, utc_text(issued_at) FROM claims WHERE user_id = $1 ORDER BY id DESC LIMIT 1000)sql"};

constexpr std::string_view unique_violation = "23505";

postgres::params asking(const claim_request& request) {
    return postgres::params()
        .add(request.coupon)
        .add(number(request.user))
        .add(request.key)
        .add(request.fingerprint);
}

postgres::params asking_next(const claim_request& request, const evidence& seen) {
    return asking(request).add(next_ordinal(seen)).add(seen.coupon->issued).add(request.code);
}

evidence evidence_from(const postgres::result& rows, const claim_request& request) {
    evidence seen;
    seen.user_known = rows.truth(0, 0);
    seen.pieces = rows.integer(0, 1);
    if (!rows.is_null(0, 2)) seen.coupon = coupon_from(rows, 0, 2);
    if (!rows.is_null(0, 10)) seen.of_key = claim_from(rows, 0, 10, request);
    seen.same_request = rows.truth(0, 12);
    return seen;
}

written written_by(const postgres::result& rows, const claim_request& request) {
    if (rows.empty()) return {written::result::overtaken};
    return {written::result::done, claim_from(rows, 0, 0, request)};
}

lane_answer<written> answer_by(const postgres::reply& reply, const claim_request& request) {
    if (!reply.failed) return {written_by(reply.rows, request)};
    try {
        std::rethrow_exception(reply.failed);
    } catch (const postgres::failure& refused) {
        if (refused.sqlstate() == unique_violation) return {written{written::result::already_there}};
        return {std::nullopt, reply.failed};
    } catch (const error&) {
        return {std::nullopt, reply.failed};
    }
}

task<written> issue(session on, const postgres::statement& how, claim_request request,
                    postgres::params values, deadline until) {
    try {
        const auto rows = co_await on.execute(how, std::move(values), until);
        co_return written_by(rows, request);
    } catch (const postgres::failure& refused) {
        if (refused.sqlstate() != unique_violation) throw;
    }
    co_return written{written::result::already_there};
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

task<written> issue_next(session on, claim_request request, const evidence& seen, deadline until) {
    auto values = asking_next(request, seen);
    return issue(on, issue_guarded, std::move(request), std::move(values), until);
}

task<written> issue_next(session on, claim_request request, const evidence& seen, const fence& holder,
                         deadline until) {
    auto values = asking_next(request, seen).add(holder.token.value()).add(holder.owner.text());
    return issue(on, issue_fenced, std::move(request), std::move(values), until);
}

task<bool> fence_refuses(session on, std::string coupon, fence holder, deadline until) {
    auto values = postgres::params().add(coupon).add(holder.token.value()).add(holder.owner.text());
    const auto rows = co_await on.execute(look_at_fence, std::move(values), until);
    co_return !rows.empty();
}

task<written> issue_any(session on, claim_request request, deadline until) {
    auto values = asking(request).add(request.code);
    return issue(on, issue_conditional, std::move(request), std::move(values), until);
}

task<std::vector<lane_answer<written>>> issue_any_each(postgres::pool& pool,
                                                       std::vector<claim_request> requests, deadline until) {
    std::vector<postgres::query> apart;
    for (const auto& one : requests) apart.emplace_back(issue_conditional, asking(one).add(one.code));
    const auto session = co_await pool.acquire(until);
    const auto replies = co_await session->execute_each(std::move(apart), until);
    std::vector<lane_answer<written>> made;
    for (std::size_t i = 0; i < requests.size(); ++i) made.push_back(answer_by(replies[i], requests[i]));
    co_return made;
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
