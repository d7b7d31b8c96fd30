#include "coupon/claims/sold_out.hpp"

#include "coupon/coupon_rows.hpp"
#include "postgres/pool.hpp"

#include <dibs/error.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace dibs::coupon {
namespace {

// Of one moment: counter and claims are written together, so a coupon without remaining pieces has all its
// users.
const postgres::statement read_sold_out{"coupon_sold_out", R"sql(
    SELECT s.id, s.code, s.stock, s.issued, s.per_user, s.phase, s.opens_at, s.closes_at, c.xmin::text,
           CASE WHEN s.stock <= $2 THEN
               coalesce((SELECT string_agg(DISTINCT user_id::text, ' ') FROM claims WHERE coupon_id = $1), '') END
    FROM coupon_states s JOIN coupons c USING (id)
    WHERE s.id = $1 AND s.stock = s.issued AND s.phase = 'open')sql"};

const postgres::statement read_version{"coupon_version", R"sql(
    SELECT xmin::text FROM coupons
    WHERE id = $1 AND stock = issued AND coupon_phase(paused, opens_at, closes_at) = 'open')sql"};

std::vector<std::int64_t> numbers_in(std::string_view text) {
    std::vector<std::int64_t> numbers;
    std::int64_t number = 0;
    for (const char c : text) {
        if (c == ' ')
            numbers.push_back(std::exchange(number, 0));
        else
            number = 10 * number + (c - '0');
    }
    if (!text.empty()) numbers.push_back(number);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

}  // namespace

std::optional<outcome> sold_out_coupon::refusal_of(const claim_request& request) const {
    if (std::binary_search(users.begin(), users.end(), number(request.user))) return std::nullopt;
    evidence seen;
    seen.coupon = state;
    return settled(request, seen);
}

sold_out_list::sold_out_list(const asio::any_io_executor& executor, postgres::pool& pool,
                             std::chrono::milliseconds statement)
    : executor_(executor), pool_(pool), statement_(statement), work_(executor), next_look_(executor) {}

const sold_out_coupon* sold_out_list::trusted(std::string_view coupon) const {
    const auto found = known_.find(coupon);
    if (found == known_.end() || !found->second) return nullptr;
    const auto& known = *found->second;
    return steady::now() < known.trusted_until ? &known.coupon : nullptr;
}

std::optional<outcome> sold_out_list::refusal_of(const claim_request& request) const {
    const auto* known = trusted(request.coupon);
    return known ? known->refusal_of(request) : std::nullopt;
}

void sold_out_list::learn(const std::string& coupon) {
    if (!stopped_ && known_.try_emplace(coupon).second) work_.spawn(read(coupon));
}

task<void> sold_out_list::read(std::string coupon) {
    const deadline trusted_until = after(trusted_for);
    try {
        auto values = postgres::params().add(coupon).add(most_pieces);
        const auto rows = co_await pool_.execute(read_sold_out, std::move(values), statement_deadline());
        if (!rows.empty() && !rows.is_null(0, 9)) {
            sold_out_coupon now{coupon_from(rows, 0), std::string(rows.text(0, 8)),
                                numbers_in(rows.text(0, 9))};
            known_[coupon] = memory{std::move(now), trusted_until};
            if (!stopped_ && !std::exchange(watching_, true)) work_.spawn(watch());
            co_return;
        }
    } catch (const error& away) {
        spdlog::debug("whether coupon {} is sold out cannot be read: {}", coupon, away.what());
    }
    known_.erase(coupon);
}

task<void> sold_out_list::watch() {
    while (!stopped_ && !known_.empty()) {
        next_look_.expires_after(look_again);
        boost::system::error_code woken;
        co_await next_look_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        if (stopped_) break;
        co_await look();
    }
    watching_ = false;
}

task<void> sold_out_list::look() {
    std::vector<std::string> ids;
    std::vector<postgres::query> questions;
    for (const auto& [id, found] : known_) {
        if (!found) continue;
        ids.push_back(id);
        questions.emplace_back(read_version, postgres::params().add(id));
    }
    const deadline trusted_until = after(trusted_for);
    try {
        const auto answers = co_await pool_.execute(std::move(questions), statement_deadline());
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const auto known = known_.find(ids[i]);
            if (known == known_.end() || !known->second) continue;
            const bool same = !answers[i].empty() && answers[i].text(0, 0) == known->second->coupon.version;
            if (same)
                known->second->trusted_until = trusted_until;
            else
                known_.erase(known);
        }
    } catch (const error& away) {
        spdlog::debug("whether coupons are still sold out cannot be read: {}", away.what());
        known_.clear();
    }
}

task<void> sold_out_list::settle() {
    stopped_ = true;
    next_look_.cancel();
    co_await work_.join();
}

}  // namespace dibs::coupon
