#include "measure/crowd.hpp"
#include "measure/figure.hpp"
#include "measure/standing.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dibs::measure {
namespace {

using testing::HasSubstr;

figure with(std::string name, const std::vector<double>& values, const std::vector<double>& floors = {}) {
    figure made{std::move(name), "us", {}};
    for (const auto value : values) made.values.push_back({value, 0});
    for (const auto value : floors) made.floors.push_back({value, 0});
    return made;
}

TEST(figure, is_the_median_of_its_repeats) {
    const auto odd = with("x", {3, 1, 100}, {2, 2, 8});
    EXPECT_EQ(odd.value(), 3);
    EXPECT_EQ(odd.floor(), 2);
    EXPECT_EQ(odd.ratio(), 1.5);
    EXPECT_EQ(odd.spread(), 33);
    EXPECT_EQ(with("x", {1, 2, 3, 10}).value(), 2.5);
    EXPECT_FALSE(with("x", {1}).ratio());
    EXPECT_FALSE(with("x", {1}).cpu_us());
}

TEST(goal, is_met_at_its_limit_and_missed_beyond) {
    EXPECT_TRUE(goal_of("cycle_queue")->met_by(with("cycle_queue", {11}, {10})));
    EXPECT_FALSE(goal_of("cycle_queue")->met_by(with("cycle_queue", {11.1}, {10})));
    EXPECT_TRUE(goal_of("cycle_pipelined")->met_by(with("cycle_pipelined", {85}, {100})));
    EXPECT_FALSE(goal_of("cycle_pipelined")->met_by(with("cycle_pipelined", {84}, {100})));
    EXPECT_TRUE(goal_of("commands_per_cycle")->met_by(with("commands_per_cycle", {2})));
    EXPECT_FALSE(goal_of("commands_per_cycle")->met_by(with("commands_per_cycle", {2.01})));
    EXPECT_TRUE(goal_of("jain_queue")->met_by(with("jain_queue", {0.99})));
    EXPECT_FALSE(goal_of("nothing"));
}

TEST(figures, come_out_as_a_table_and_as_json) {
    auto taken = with("cycle_queue", {12}, {10});
    taken.values.front().cpu_us = 7;
    const std::vector<figure> all{taken, with("shown_only", {5})};
    EXPECT_THAT(table(all), HasSubstr("ratio ≤ 1.1 MISSED"));
    EXPECT_THAT(table(all), HasSubstr("shown_only"));
    const auto metrics = boost::json::parse(json(all)).at("metrics");
    EXPECT_EQ(metrics.at("cycle_queue").at("value").to_number<double>(), 12);
    EXPECT_EQ(metrics.at("cycle_queue").at("floor").to_number<double>(), 10);
    EXPECT_EQ(metrics.at("cycle_queue").at("ratio").to_number<double>(), 1.2);
    EXPECT_EQ(metrics.at("cycle_queue").at("unit").as_string(), "us");
    EXPECT_EQ(metrics.at("cycle_queue").at("cpu_us").to_number<double>(), 7);
    EXPECT_FALSE(metrics.at("cycle_queue").at("met").as_bool());
    EXPECT_TRUE(metrics.at("shown_only").at("ratio").is_null());
}

TEST(crowd_report, adds_up_processes) {
    crowd_report all{{1, 4}, {2, 2}, 0.5, 1, 0};
    all.add({{2, 3}, {2, 2}, 0.25, 1, 1});
    EXPECT_THAT(all.waits_ms, testing::ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(all.all_grants(), 8U);
    EXPECT_EQ(all.utilisation(), 0.75);
    EXPECT_EQ(all.mean_hold_ms(), 93.75);
    EXPECT_EQ(all.fairness(), 1);
    EXPECT_EQ(all.wait_ms(1), 4);
    EXPECT_EQ(all.failures, 1U);
    EXPECT_EQ((crowd_report{{}, {8, 0, 0, 0}, 0, 1, 0}.fairness()), 0.25) << "one took all";
}

TEST(crowd_report, survives_its_way_between_processes) {
    const crowd_report told{{1.5, 2}, {3, 4}, 0.5, 2, 1};
    const auto heard = crowd_report_from(to_json(told));
    EXPECT_EQ(heard.waits_ms, told.waits_ms);
    EXPECT_EQ(heard.grants, told.grants);
    EXPECT_EQ(heard.held_s, told.held_s);
    EXPECT_EQ(heard.failures, told.failures);
    EXPECT_THROW(crowd_report_from("{}"), std::runtime_error);
    EXPECT_THROW(crowd_report_from(""), std::runtime_error);
}

TEST(memory_report, is_a_slope) {
    const memory_report told{{{1000, 5e6}, {2000, 8e6}, {3000, 11e6}}};
    EXPECT_DOUBLE_EQ(memory_report_from(to_json(told)).bytes_per_waiter(), 3000);
}

}  // namespace
}  // namespace dibs::measure
