#include "coupon/claims/batch_store.hpp"

#include "coupon/coupon_rows.hpp"
#include "postgres/failure.hpp"
#include "postgres/pool.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace dibs::coupon {
namespace {

// By itself, so that the next statement sees all that was committed before the row was had.
const postgres::statement hold_coupon{"coupon_batch_hold", R"sql(
    SELECT FROM coupons WHERE id = $1 FOR UPDATE)sql"};

// A row for each request, in their order: the evidence that stood before, then what was issued; in the first
// row the coupon as it stood before, too. (It may have been made since its row was looked for.) What is
// looked up by an index for each is written so that no plan made while a table was small joins it with all of
// the table.
const postgres::statement issue_batch{"coupon_batch_issue", R"sql(
    WITH asked AS MATERIALIZED (
        SELECT * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[])
            WITH ORDINALITY AS a (user_id, key, code, fingerprint, place)),
    seen AS MATERIALIZED (
        SELECT a.*, k.id AS key_claim, k.issued_at AS key_issued_at,
               coalesce(k.fingerprint = a.fingerprint, true) AS same_request,
               (SELECT count(*) FROM claims WHERE coupon_id = $1 AND user_id = a.user_id) AS pieces,
               coalesce((SELECT true FROM users WHERE id = a.user_id), false) AS user_known
        FROM asked a
        LEFT JOIN LATERAL (
            SELECT id, issued_at, fingerprint FROM claims
            WHERE coupon_id = $1 AND user_id = a.user_id AND idempotency_key = a.key OFFSET 0) k ON true),
    may_have AS (
        SELECT seen.*, row_number() OVER (ORDER BY place) AS turn, c.stock - c.issued AS remaining
        FROM seen JOIN coupons c ON c.id = $1
        WHERE key_claim IS NULL AND user_known AND c.code = seen.code AND pieces < c.per_user
          AND coupon_phase(c.paused, c.opens_at, c.closes_at) = 'open'),
    winners AS MATERIALIZED (SELECT * FROM may_have WHERE turn <= remaining),
    issued AS (
        INSERT INTO claims (coupon_id, user_id, idempotency_key, fingerprint, ordinal)
        SELECT $1, user_id, key, fingerprint, pieces + 1 FROM winners ORDER BY place
        RETURNING user_id, id, issued_at),
    counted AS (
        UPDATE coupons SET issued = issued + (SELECT count(*) FROM winners)
        WHERE id = $1 AND EXISTS (SELECT FROM winners)),
    coupon AS MATERIALIZED (
        SELECT id, code, stock, issued, per_user, phase, opens_at, closes_at FROM coupon_states WHERE id = $1)
    SELECT user_known, pieces, key_claim, utc_text(key_issued_at), same_request,
           issued.id, utc_text(issued.issued_at), coupon.*
    FROM seen LEFT JOIN issued USING (user_id) LEFT JOIN coupon ON place = 1 ORDER BY place)sql"};

constexpr int first_of_coupon = 7;

/// The text of an array, as the server reads it.
class array_text {
   public:
    void add(std::int64_t number) {
        separate();
        text_ += std::to_string(number);
    }
    void add(std::string_view element) {
        separate();
        text_ += '"';
        for (const char c : element) {
            if (c == '"' || c == '\\') text_ += '\\';
            text_ += c;
        }
        text_ += '"';
    }
    std::string done() { return std::move(text_) + '}'; }

   private:
    void separate() { text_ += text_.empty() ? '{' : ','; }
    std::string text_;
};

postgres::params columns_of(const std::vector<claim_request>& requests) {
    array_text users;
    array_text keys;
    array_text codes;
    array_text fingerprints;
    for (const auto& one : requests) {
        users.add(number(one.user));
        keys.add(one.key);
        codes.add(one.code);
        fingerprints.add(one.fingerprint);
    }
    return postgres::params()
        .add(requests.front().coupon)
        .add(users.done())
        .add(keys.done())
        .add(codes.done())
        .add(fingerprints.done());
}

std::optional<coupon_state> coupon_in(const postgres::result& rows) {
    if (rows.is_null(0, first_of_coupon)) return std::nullopt;
    return coupon_from(rows, 0, first_of_coupon);
}

/// The evidence as it stood when this request's turn came: behind those of its batch.
evidence evidence_in(const postgres::result& rows, int row, const claim_request& request,
                     const std::optional<coupon_state>& coupon) {
    evidence seen;
    seen.coupon = coupon;
    seen.user_known = rows.truth(row, 0);
    seen.pieces = rows.integer(row, 1);
    if (!rows.is_null(row, 2)) seen.of_key = claim_from(rows, row, 2, request);
    seen.same_request = rows.truth(row, 4);
    return seen;
}

batch_writer::answers outcomes_of(const std::vector<claim_request>& requests, const postgres::result& rows) {
    auto coupon = coupon_in(rows);
    batch_writer::answers made;
    made.reserve(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const int row = static_cast<int>(i);
        if (!rows.is_null(row, 5)) {
            ++coupon->issued;
            made.push_back({outcome{verdict::issued, claim_from(rows, row, 5, requests[i])}});
        } else {
            made.push_back({settled(requests[i], evidence_in(rows, row, requests[i], coupon)).value()});
        }
    }
    return made;
}

task<batch_writer::answers> in_one_round_trip(postgres::pool& pool,
                                              const std::vector<claim_request>& requests, deadline until) {
    std::vector<postgres::query> together;
    together.emplace_back(hold_coupon, postgres::params().add(requests.front().coupon));
    together.emplace_back(issue_batch, columns_of(requests));
    const auto results = co_await pool.execute(std::move(together), until);
    co_return outcomes_of(requests, results[1]);
}

task<lane_answer<outcome>> issue_alone(postgres::pool& pool, claim_request request, deadline until) {
    const std::vector<claim_request> one{std::move(request)};
    std::exception_ptr failed;
    try {
        auto made = co_await in_one_round_trip(pool, one, until);
        co_return std::move(made.front());
    } catch (const error&) {
        failed = std::current_exception();
    }
    co_return lane_answer<outcome>{std::nullopt, failed};
}

}  // namespace

task<void> batch_writer::take_row(deadline until) {
    auto within = co_await postgres::transaction::begin(pool_, until);
    auto values = postgres::params().add(coupon_);
    co_await within.execute(hold_coupon, std::move(values), until);
    held_.emplace(std::move(within));
}

task<batch_writer::answers> batch_writer::issue_together(const std::vector<claim_request>& requests,
                                                         deadline until) {
    if (!held_) co_return co_await in_one_round_trip(pool_, requests, until);
    postgres::transaction within = std::move(*held_);
    held_.reset();
    auto values = columns_of(requests);
    const auto rows = co_await within.execute_and_commit(issue_batch, std::move(values), until);
    co_return outcomes_of(requests, rows);
}

task<batch_writer::answers> batch_writer::issue(std::vector<claim_request> requests, deadline until) {
    try {
        co_return co_await issue_together(requests, until);
    } catch (const postgres::failure&) {
        if (requests.size() == 1) throw;
    }
    answers made;
    for (const auto& one : requests) {
        auto alone = co_await issue_alone(pool_, one, until);
        made.push_back(std::move(alone));
    }
    co_return made;
}

}  // namespace dibs::coupon
