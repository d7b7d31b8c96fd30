#include "stats/metric_name.hpp"
#include "stats/metric_set.hpp"
#include "stats/sinks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace dibs::stats {
namespace {

using namespace std::chrono_literals;

TEST(sinks, gauge_remembers_last_and_extremes) {
    gauge users;
    EXPECT_TRUE(users.empty());
    for (const double value : {5.0, 2.0, 9.0, 4.0}) users.add(value);
    EXPECT_EQ(users.last(), 4);
    EXPECT_EQ(users.min(), 2);
    EXPECT_EQ(users.max(), 9);
}

TEST(sinks, rate_counts_what_is_not_zero) {
    rate failed;
    EXPECT_EQ(failed.value(), 0);
    for (const double value : {0.0, 1.0, 0.0, 2.0, 0.0}) failed.add(value);
    EXPECT_EQ(failed.passes(), 2U);
    EXPECT_EQ(failed.fails(), 3U);
    EXPECT_DOUBLE_EQ(failed.value(), 0.4);
}

TEST(sinks, trend_may_be_asked_and_added_to_in_turn) {
    trend latency;
    latency.add(30);
    latency.add(10);
    EXPECT_EQ(latency.max(), 30);
    latency.add(20);
    EXPECT_EQ(latency.median(), 20);
    EXPECT_EQ(latency.min(), 10);
    EXPECT_EQ(latency.average(), 20);
    EXPECT_EQ(latency.percentile(0.25), 15);
}

// Two sources of very different size: the mean of their percentiles would be 505.
TEST(sinks, percentiles_of_merged_trends_are_of_all_samples) {
    trend many;
    for (int i = 0; i < 99; ++i) many.add(10);
    trend single;
    single.add(1000);
    single.merge(many);
    EXPECT_EQ(single.percentile(0.95), 10);
    EXPECT_EQ(single.count(), 100U);
    EXPECT_DOUBLE_EQ(single.average(), 19.9);
}

TEST(sinks, merging_an_empty_gauge_changes_nothing) {
    gauge users;
    users.add(3);
    users.merge(gauge());
    EXPECT_EQ(users.min(), 3);
    EXPECT_EQ(users.last(), 3);
}

TEST(metric_name, is_read_with_and_without_tags) {
    EXPECT_EQ(metric_name::parse("http_reqs").text(), "http_reqs");
    const auto part = metric_name::parse(" http_req_duration { name:claim , expected_response: true } ");
    EXPECT_EQ(part.text(), "http_req_duration{name:claim,expected_response:true}");
    EXPECT_EQ(part.parent().text(), "http_req_duration");
    EXPECT_TRUE(part.selects(std::vector<tag>{{"a", "b"}, {"expected_response", "true"}, {"name", "claim"}}));
    EXPECT_FALSE(part.selects(std::vector<tag>{{"name", "claim"}}));
    EXPECT_EQ(metric_name::parse("a{url:http://x}").tags().front().value, "http://x");
    for (const char* wrong : {"", "p(95)", "9lives", "a{b:c", "a{}", "a{b}", "a{:c}", "a b"})
        EXPECT_THROW(metric_name::parse(wrong), bad_expression) << wrong;
}

TEST(metric_name, of_a_submetric_sorts_behind_its_parent) {
    EXPECT_LT(metric_name::parse("http_req"), metric_name::parse("http_req{a:b}"));
    EXPECT_LT(metric_name::parse("http_req{a:b}"), metric_name::parse("http_req_duration"));
}

TEST(metric_name, of_more_tags_sorts_before_that_of_the_first_of_them) {
    EXPECT_LT(metric_name::parse("m{a:b,c:d}"), metric_name::parse("m{a:b}"));
    EXPECT_LT(metric_name::parse("m{a:b}"), metric_name::parse("m{a:c,c:d}"));
    EXPECT_LT(metric_name::parse("m{a:b}"), metric_name::parse("m{a:bc}"));
}

class metric_set_test : public testing::Test {
   protected:
    metric_set_test() {
        set_.declare("http_req_duration", unit::time, trend());
        set_.declare_submetric(claims_);
    }

    std::size_t count(const metric_name& name) { return std::get<trend>(set_.find(name)->samples).count(); }

    metric_set set_;
    const metric_name all_ = metric_name::parse("http_req_duration");
    const metric_name claims_ = metric_name::parse("http_req_duration{name:claim}");
};

TEST_F(metric_set_test, samples_go_to_their_submetrics_too) {
    const auto claim = set_.open("http_req_duration", std::vector<tag>{{"name", "claim"}});
    const auto sign_up = set_.open("http_req_duration", std::vector<tag>{{"name", "signup"}});
    claim.add(1500us);
    sign_up.add(2.5);
    EXPECT_EQ(count(all_), 2U);
    EXPECT_EQ(count(claims_), 1U);
    EXPECT_EQ(std::get<trend>(set_.find(claims_)->samples).max(), 1.5);
}

TEST_F(metric_set_test, channels_outlive_a_move) {
    const auto claim = set_.open("http_req_duration", std::vector<tag>{{"name", "claim"}});
    const metric_set moved = std::move(set_);
    claim.add(1);
    EXPECT_FALSE(empty(moved.find(claims_)->samples));
}

TEST_F(metric_set_test, merges_what_it_has_and_takes_what_it_has_not) {
    metric_set other;
    other.declare("http_req_duration", unit::time, trend());
    other.declare("iterations", unit::plain, counter());
    other.open("http_req_duration").add(3);
    other.open("iterations").add(4);
    set_.open("http_req_duration").add(1);
    set_.merge(other);
    EXPECT_EQ(count(all_), 2U);
    EXPECT_EQ(std::get<counter>(set_.find(metric_name::parse("iterations"))->samples).total(), 4);
}

TEST_F(metric_set_test, knows_no_part_of_an_unknown_metric) {
    EXPECT_THROW(set_.declare_submetric(metric_name::parse("http_reqs{name:claim}")), bad_expression);
    EXPECT_EQ(set_.find(metric_name::parse("http_reqs")), nullptr);
}

}  // namespace
}  // namespace dibs::stats
