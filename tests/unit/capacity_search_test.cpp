#include "capacity/search.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace dibs::capacity {
namespace {

struct found {
    double rate = 0;
    bool is_lower_bound = false;
    int steps = 0;
};

found run(search_options how, const std::function<outcome(double)>& service) {
    search one(how);
    found result;
    while (const auto rate = one.next()) {
        one.tell(service(*rate));
        if (++result.steps > 500) {
            ADD_FAILURE() << "it does not end";
            break;
        }
    }
    result.rate = one.held();
    result.is_lower_bound = one.is_lower_bound();
    return result;
}

auto holds_up_to(double capacity) {
    return [=](double rate) { return rate <= capacity ? outcome::held : outcome::failed; };
}

TEST(capacity_search, doubles_until_it_fails_twice_and_then_halves_the_gap) {
    search one({.first = 500});
    const auto expect = [&](double rate, outcome what) {
        ASSERT_EQ(one.next(), rate);
        one.tell(what);
    };
    expect(500, outcome::held);
    expect(1000, outcome::held);
    expect(2000, outcome::failed);
    expect(2000, outcome::failed);
    expect(1410, outcome::failed);
    expect(1410, outcome::held);  // the second opinion
    expect(1680, outcome::failed);
    expect(1680, outcome::failed);
    expect(1540, outcome::held);
    expect(1540, outcome::held);  // within a tenth of what failed: once more
    EXPECT_FALSE(one.next());
    EXPECT_EQ(one.held(), 1540);
    EXPECT_FALSE(one.is_lower_bound());
}

TEST(capacity_search, finds_what_a_steady_service_holds_within_its_precision) {
    for (const double capacity : {2.0, 17.0, 499.0, 500.0, 501.0, 3'777.0, 64'000.0})
        for (const double precision : {0.03, 0.1, 0.25}) {
            const auto result = run({.precision = precision}, holds_up_to(capacity));
            EXPECT_LE(result.rate, capacity);
            EXPECT_GE(result.rate, std::min(capacity / (1 + precision) - 1, capacity * 0.99)) << capacity;
            EXPECT_LE(result.steps, 40);
        }
}

TEST(capacity_search, says_that_nothing_held) {
    const auto result = run({.first = 500, .lowest = 10}, holds_up_to(5));
    EXPECT_EQ(result.rate, 0);
    EXPECT_FALSE(result.is_lower_bound);
    EXPECT_LE(result.steps, 14) << "500, 250, … twice each";
}

TEST(capacity_search, says_at_least_where_nothing_failed) {
    const auto result = run({.highest = 5'000}, holds_up_to(1e9));
    EXPECT_EQ(result.rate, 5'000);
    EXPECT_TRUE(result.is_lower_bound);
}

TEST(capacity_search, says_at_least_where_the_generator_was_what_failed) {
    const auto limited = [](double rate) {
        return rate <= 3'000 ? outcome::held : outcome::generator_limited;
    };
    const auto result = run({}, limited);
    EXPECT_NEAR(result.rate, 3'000, 300);
    EXPECT_TRUE(result.is_lower_bound);
    // What counts is who failed next above the result.
    const auto both = [](double rate) {
        return rate <= 1'000 ? outcome::held : rate <= 3'000 ? outcome::failed : outcome::generator_limited;
    };
    EXPECT_FALSE(run({.first = 4'000}, both).is_lower_bound);
}

TEST(capacity_search, goes_below_a_rate_that_held_by_luck_alone) {
    int lucky = 1;
    const auto service = [&](double rate) {
        if (rate == 2'000 && lucky-- > 0) return outcome::held;
        return rate <= 1'200 ? outcome::held : outcome::failed;
    };
    const auto result = run({}, service);
    EXPECT_LE(result.rate, 1'200);
    EXPECT_GE(result.rate, 1'090);
}

/// Near the capacity a step holds by chance: half of the time at it, seldom a tenth above.
TEST(capacity_search, is_not_led_astray_by_noise) {
    constexpr double capacity = 3'000;
    constexpr int searches = 400;
    int far = 0;
    for (unsigned seed = 1; seed <= searches; ++seed) {
        std::mt19937_64 random(seed);
        std::uniform_real_distribution<double> chance(0, 1);
        const auto service = [&](double rate) {
            const double stall = chance(random);
            if (stall < 0.03) return outcome::failed;  // a hiccup of the machine
            const double odds = 1 / (1 + std::exp(40 * std::log(rate / capacity)));
            return chance(random) < odds ? outcome::held : outcome::failed;
        };
        const auto result = run({}, service);
        if (result.rate < 0.85 * capacity || result.rate > 1.15 * capacity) ++far;
        EXPECT_LE(result.steps, 60) << "seed " << seed;
    }
    EXPECT_LE(far, searches / 50);
}

TEST(capacity_search, makes_a_disturbed_step_again_while_it_has_steps_to_spare) {
    search one({.first = 500, .spare_steps = 3});
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(one.next(), 500);
        one.tell(outcome::disturbed);
    }
    one.tell(outcome::held);
    EXPECT_EQ(one.next(), 1'000) << "nothing was held against 500";
    one.tell(outcome::disturbed);
    EXPECT_EQ(one.next(), 1'000) << "a second opinion, as on any failure";
    one.tell(outcome::disturbed);
    EXPECT_EQ(one.next(), 707);
}

TEST(capacity_search, tries_rates_of_three_digits) {
    EXPECT_EQ(rounded_rate(1414.2), 1410);
    EXPECT_EQ(rounded_rate(68'321), 68'300);
    EXPECT_EQ(rounded_rate(70.7), 71);
    EXPECT_EQ(rounded_rate(2.5), 3);
}

}  // namespace
}  // namespace dibs::capacity
