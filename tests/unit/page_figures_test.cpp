#include "page/claim_figures.hpp"
#include "page/issue_rates.hpp"
#include "page/latency_histogram.hpp"
#include "page/operator_view.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <numeric>

namespace dibs::page {
namespace {

using namespace std::chrono_literals;
using coupon::coupon_state;
using coupon::verdict;

constexpr steady::time_point start = steady::time_point(1000s);

double in_ms(std::optional<std::chrono::nanoseconds> time) {
    return std::chrono::duration<double, std::milli>(time.value()).count();
}

coupon_state issued_so_far(const std::string& id, std::int64_t issued) {
    coupon_state one;
    one.id = id;
    one.stock = 100;
    one.issued = issued;
    return one;
}

TEST(latency_histogram, gives_percentiles_within_four_percent) {
    latency_histogram seen;
    EXPECT_FALSE(seen.percentile(0.5));
    for (int i = 1; i <= 1000; ++i) seen.add(i * 100us);
    for (const double share : {0.01, 0.5, 0.95, 0.99, 1.0}) {
        const double exact = 100 * share;
        EXPECT_NEAR(in_ms(seen.percentile(share)), exact, 0.04 * exact) << share;
    }
}

TEST(latency_histogram, keeps_what_is_beyond_its_ends) {
    latency_histogram seen;
    seen.add(0ns);
    seen.add(1h);
    EXPECT_EQ(seen.count(), 2U);
    EXPECT_LT(in_ms(seen.percentile(0.5)), 0.011);
    EXPECT_GT(in_ms(seen.percentile(1)), 59'000);
}

TEST(claim_window, counts_ten_whole_seconds_and_no_others) {
    claim_window window;
    window.add(fate::issued, 1ms, start - 11s);
    for (int i = 0; i < 30; ++i) window.add(fate::issued, 1ms, start - 10s);
    window.add(fate::sold_out, 1ms, start - 1ms);
    window.add(fate::busy, start - 1s);
    window.add(fate::failed, 1ms, start);  // the second under way
    const auto seen = window.at(start);
    EXPECT_DOUBLE_EQ(seen.per_second[static_cast<std::size_t>(fate::issued)], 3);
    EXPECT_DOUBLE_EQ(seen.per_second[static_cast<std::size_t>(fate::sold_out)], 0.1);
    EXPECT_DOUBLE_EQ(seen.per_second[static_cast<std::size_t>(fate::busy)], 0.1);
    EXPECT_DOUBLE_EQ(seen.per_second[static_cast<std::size_t>(fate::failed)], 0);
    EXPECT_EQ(seen.by_second.back(), 2U);
    EXPECT_EQ(seen.by_second[50], 30U);
    EXPECT_EQ(seen.by_second[49], 1U);
    EXPECT_EQ(seen.answered, 32U) << "who was turned away was not answered";
}

TEST(claim_window, forgets_after_a_minute_whether_or_not_claims_follow) {
    claim_window window;
    for (int i = 0; i < 500; ++i) window.add(fate::issued, 900ms, start + i * 10ms);
    const auto after_five = window.at(start + 5s);
    EXPECT_EQ(after_five.answered, 500U);
    EXPECT_NEAR(in_ms(after_five.p99), 900, 36);
    EXPECT_EQ(window.at(start + 64s).answered, 100U);
    EXPECT_FALSE(window.at(start + 65s).p50);
    for (int i = 0; i < 61; ++i) window.add(fate::issued, 1ms, start + 100s + i * 1s);
    const auto later = window.at(start + 161s);
    EXPECT_EQ(std::accumulate(later.by_second.begin(), later.by_second.end(), std::uint64_t{0}), 60U);
    EXPECT_LT(in_ms(later.p99), 1.05);
}

TEST(fate_of, tells_apart_what_an_operator_does) {
    EXPECT_EQ(fate_of(verdict::issued), fate::issued);
    EXPECT_EQ(fate_of(verdict::repeated), fate::repeated);
    EXPECT_EQ(fate_of(verdict::sold_out), fate::sold_out);
    EXPECT_EQ(fate_of(verdict::already_claimed), fate::already_claimed);
    EXPECT_EQ(fate_of(verdict::lock_busy), fate::busy);
    EXPECT_EQ(fate_of(verdict::conflicting), fate::busy);
    EXPECT_EQ(fate_of(verdict::wrong_code), fate::refused);
}

TEST(issue_rates, are_what_counters_grew_over_ten_seconds) {
    issue_rates rates;
    EXPECT_EQ(rates.of("a"), 0);
    for (int second = 0; second <= 20; ++second)
        rates.note({issued_so_far("a", second < 10 ? 0 : (second - 10) * 3)}, start + second * 1s);
    EXPECT_DOUBLE_EQ(rates.of("a"), 3);
    EXPECT_EQ(rates.of("b"), 0);
    rates.note({issued_so_far("a", 0), issued_so_far("b", 5)}, start + 21s);
    EXPECT_EQ(rates.of("a"), 0) << "set back";
    EXPECT_EQ(rates.of("b"), 0) << "seen once";
}

TEST(operator_text, shows_stock_claims_and_locks) {
    operator_view seen;
    seen.process = 7;
    seen.coupons = {issued_so_far("spring", 40)};
    seen.claims.per_second[static_cast<std::size_t>(fate::issued)] = 2.5;
    seen.claims.p50 = 1500us;
    seen.locks.emplace();
    seen.locks->push_back({"coupon:spring", "redis", "1f", 12, 900ms, 3, 1});
    const auto text = operator_text(seen, {});
    EXPECT_EQ(text.find('\n'), std::string::npos) << "an event's data is one line";
    const auto told = boost::json::parse(text);
    EXPECT_EQ(told.at("process"), 7);
    const auto& coupon = told.at("coupons").at(0);
    EXPECT_EQ(coupon.at("id"), "spring");
    EXPECT_EQ(coupon.at("remaining"), 60);
    EXPECT_EQ(coupon.at("issuedPerSecond"), 0.0);
    EXPECT_EQ(told.at("claims").at("perSecond").at("issued"), 2.5);
    EXPECT_EQ(told.at("claims").at("p50"), 1.5);
    EXPECT_TRUE(told.at("claims").at("p99").is_null());
    const auto& lock = told.at("locks").at(0);
    EXPECT_EQ(lock.at("holder"), "1f");
    EXPECT_EQ(lock.at("token"), 12);
    EXPECT_EQ(lock.at("remaining"), 900);
    EXPECT_EQ(lock.at("waiters"), 3);
    EXPECT_EQ(lock.at("deadWaiters"), 1);
    seen.locks.reset();
    EXPECT_TRUE(boost::json::parse(operator_text(seen, {})).at("locks").is_null());
}

}  // namespace
}  // namespace dibs::page
