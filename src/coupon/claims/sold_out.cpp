#include "coupon/claims/sold_out.hpp"

#include "coupon/coupon_rows.hpp"
#include "postgres/pool.hpp"

#include <dibs/error.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace dibs::coupon {
namespace {

const postgres::statement read_state{"coupon_sold_out", R"sql(
    SELECT s.id, s.code, s.stock, s.issued, s.per_user, s.phase, s.opens_at, s.closes_at, c.xmin::text
    FROM coupon_states s JOIN coupons c USING (id)
    WHERE s.id = $1 AND s.stock = s.issued AND s.phase = 'open')sql"};

// In parts, so that no answer keeps this thread for long, nor the database.
const postgres::statement read_users{"coupon_sold_out_users", R"sql(
    SELECT DISTINCT user_id FROM claims WHERE coupon_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3)sql"};

const postgres::statement read_version{"coupon_version", R"sql(
    SELECT xmin::text FROM coupons
    WHERE id = $1 AND stock = issued AND coupon_phase(paused, opens_at, closes_at) = 'open')sql"};

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
    try {
        if (auto found = co_await find_sold_out(coupon)) {
            known_[coupon] = memory{std::move(*found), deadline::min()};
            // Counter and claims are written together: of an unchanged row all users have been read.
            co_await look();
            if (!stopped_ && !std::exchange(watching_, true)) work_.spawn(watch());
            co_return;
        }
    } catch (const error& away) {
        spdlog::debug("whether coupon {} is sold out cannot be read: {}", coupon, away.what());
    }
    known_.erase(coupon);
}

task<std::optional<sold_out_coupon>> sold_out_list::find_sold_out(std::string coupon) {
    auto which = postgres::params().add(coupon);
    const auto state = co_await pool_.execute(read_state, std::move(which), statement_deadline());
    if (state.empty()) co_return std::nullopt;
    sold_out_coupon found{coupon_from(state, 0), std::string(state.text(0, 8)), {}};
    if (found.state.stock > most_pieces) co_return std::nullopt;
    for (std::int64_t last = std::numeric_limits<std::int64_t>::min();;) {
        auto part = postgres::params().add(coupon).add(last).add(users_at_once);
        const auto users = co_await pool_.execute(read_users, std::move(part), statement_deadline());
        for (int row = 0; row < users.rows(); ++row) found.users.push_back(users.integer(row, 0));
        if (users.rows() < users_at_once) co_return found;
        last = found.users.back();
    }
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
