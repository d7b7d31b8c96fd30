#include "claims_bench/figure.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace dibs::claims_bench {
namespace {

using testing::HasSubstr;
using testing::Not;

figure with(std::string name, const std::vector<double>& values, const std::vector<double>& floors = {}) {
    figure made{std::move(name), "claims/s"};
    for (const auto value : values) made.values.push_back({value, {}});
    for (const auto value : floors) made.floors.push_back({value, {}});
    return made;
}

bool met(const figure& of) { return goal_of(of.name)->met_by(of.medians()); }

TEST(claims_goals, are_those_that_were_set) {
    EXPECT_TRUE(met(with("claims_cas", {90}, {100})));
    EXPECT_FALSE(met(with("claims_cas", {89.9}, {100})));
    for (const char* strategy : {"claims_database", "claims_queue", "claims_fencing"}) {
        EXPECT_TRUE(met(with(strategy, {70}, {100}))) << strategy;
        EXPECT_FALSE(met(with(strategy, {69.9}, {100}))) << strategy;
    }
    EXPECT_TRUE(met(with("claims_batch", {40'000}, {100'000}))) << "whatever its floor";
    EXPECT_FALSE(met(with("claims_batch", {39'999})));
    EXPECT_TRUE(met(with("claims_batch_p99", {3})));
    EXPECT_FALSE(met(with("claims_batch_p99", {3.01})));
    EXPECT_TRUE(met(with("claims_sold_out", {50}, {100})));
    EXPECT_FALSE(met(with("claims_sold_out", {49.9}, {100})));
    EXPECT_TRUE(met(with("waiting_10000", {0})));
    EXPECT_FALSE(met(with("waiting_10000", {1})));
    EXPECT_TRUE(met(with("waiting_10000_kib", {20})));
    EXPECT_FALSE(met(with("waiting_10000_kib", {20.1})));
    EXPECT_FALSE(goal_of("claims"));
}

TEST(claims_figures, are_medians_of_each_part) {
    auto one = with("claims_cas", {1, 3, 100}, {2, 4, 4});
    one.values[0].cpu = {1, 20, 300, 4};
    one.values[1].cpu = {3, 10, 100, 8};
    one.values[2].cpu = {2, 30, 200, 6};
    EXPECT_EQ(one.medians().value(), 3);
    EXPECT_EQ(one.medians().floor(), 4);
    EXPECT_EQ(one.medians().ratio(), 0.75);
    const auto used = figure::cpu_of(one.values);
    EXPECT_EQ(used.generator, 2);
    EXPECT_EQ(used.service, 20);
    EXPECT_EQ(used.postgres, 200);
    EXPECT_EQ(used.redis, 6);

    const auto metric = boost::json::parse(json({one})).at("metrics").at("claims_cas");
    EXPECT_EQ(metric.at("value").to_number<double>(), 3);
    EXPECT_EQ(metric.at("floor").to_number<double>(), 4);
    EXPECT_EQ(metric.at("ratio").to_number<double>(), 0.75);
    EXPECT_EQ(metric.at("unit"), "claims/s");
    EXPECT_EQ(metric.at("cpu_us").at("service").to_number<double>(), 20);
    EXPECT_FALSE(metric.as_object().contains("floor_cpu_us")) << "it was not taken";
    EXPECT_FALSE(metric.at("met").as_bool());
    EXPECT_THAT(table({one}), HasSubstr("ratio ≥ 0.9 MISSED"));
}

TEST(claims_figures, say_what_is_absent) {
    const auto absent = with("claims_batch", {});
    EXPECT_THAT(table({absent}), HasSubstr("absent"));
    EXPECT_THAT(table({absent}), Not(HasSubstr("MISSED")));
    const auto metric = boost::json::parse(json({absent})).at("metrics").at("claims_batch");
    EXPECT_TRUE(metric.at("absent").as_bool());
    for (const char* empty : {"value", "floor", "ratio"}) EXPECT_TRUE(metric.at(empty).is_null()) << empty;
    EXPECT_FALSE(metric.as_object().contains("met"));
}

TEST(claims_figures, show_a_zero_without_dividing_by_it) {
    auto none = with("waiting_10000", {0});
    none.details = {{"standing", 10'000}};
    EXPECT_THAT(table({none}), HasSubstr("value = 0 met"));
    EXPECT_THAT(table({none}), HasSubstr("standing 10000"));
    const auto metric = boost::json::parse(json({none})).at("metrics").at("waiting_10000");
    EXPECT_EQ(metric.at("value").to_number<double>(), 0);
    EXPECT_EQ(metric.at("standing").to_number<double>(), 10'000);
    EXPECT_FALSE(metric.as_object().contains("spread"));
}

}  // namespace
}  // namespace dibs::claims_bench
