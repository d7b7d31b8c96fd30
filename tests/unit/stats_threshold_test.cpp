#include "stats/run_summary.hpp"
#include "stats/threshold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dibs::stats {
namespace {

using namespace std::chrono_literals;

TEST(condition, reads_every_aggregate_and_comparison) {
    EXPECT_EQ(condition::parse("p(95)<2000").of, aggregate::percentile);
    EXPECT_DOUBLE_EQ(condition::parse("p(99.9) <= 2.5").share, 0.999);
    EXPECT_EQ(condition::parse(" rate > 0.8 ").text, "rate > 0.8");
    EXPECT_EQ(condition::parse("rate > 0.8").left, "rate");
    EXPECT_EQ(condition::parse("count>=10").is, relation::greater_or_equal);
    EXPECT_EQ(condition::parse("value==3").is, relation::equal);
    EXPECT_EQ(condition::parse("value===3").is, relation::equal);
    EXPECT_EQ(condition::parse("med!=3").is, relation::not_equal);
    EXPECT_EQ(condition::parse("avg<=1").is, relation::less_or_equal);
    EXPECT_EQ(condition::parse("min>1").of, aggregate::min);
    EXPECT_EQ(condition::parse("max<1e3").bound, 1000);
}

TEST(condition, refuses_what_it_cannot_mean) {
    for (const char* wrong :
         {"", "p(95)", "p95<3", "p(101)<3", "p(-1)<3", "p()<3", "rate>", "rate>x", "rate=>1", "rate=1", "<3",
          "rate>0.8 and more", "mean<3", "rate<<1", "rate>nan"})
        EXPECT_THROW(condition::parse(wrong), bad_expression) << wrong;
}

TEST(condition, compares) {
    EXPECT_TRUE(condition::parse("avg<2").holds(1.9));
    EXPECT_FALSE(condition::parse("avg<2").holds(2));
    EXPECT_TRUE(condition::parse("avg<=2").holds(2));
    EXPECT_FALSE(condition::parse("avg>2").holds(2));
    EXPECT_TRUE(condition::parse("avg>=2").holds(2));
    EXPECT_TRUE(condition::parse("avg==2").holds(2));
    EXPECT_FALSE(condition::parse("avg!=2").holds(2));
}

TEST(threshold, knows_the_tags_colon_from_its_own) {
    const auto plain = threshold::parse("http_req_duration:p(95)<2000");
    EXPECT_EQ(plain.metric.text(), "http_req_duration");
    EXPECT_EQ(plain.wanted.text, "p(95)<2000");
    const auto part = threshold::parse("http_req_duration{name:claim}:p(95)<50");
    EXPECT_EQ(part.metric.text(), "http_req_duration{name:claim}");
    EXPECT_EQ(part.wanted.bound, 50);
    for (const char* wrong :
         {"", "http_req_duration", "p(95)<2000", "http_req_duration{name:claim}", "a{b:c:p(95)<1"})
        EXPECT_THROW(threshold::parse(wrong), bad_expression) << wrong;
}

class summary_test : public testing::Test {
   protected:
    summary_test() {
        metrics_.declare("latency", unit::time, trend());
        metrics_.declare("issued", unit::plain, rate());
        metrics_.declare("errors", unit::plain, counter());
        metrics_.declare("users", unit::plain, gauge());
    }

    threshold_result judged(const char* text) {
        const std::vector wanted{threshold::parse(text)};
        return summarise(metrics_, wanted, {}, 10s).thresholds.front();
    }

    metric_set metrics_;
};

TEST_F(summary_test, observes_what_each_kind_has) {
    for (int i = 1; i <= 11; ++i) metrics_.open("latency").add(i);
    metrics_.open("errors").add(20);
    metrics_.open("users").add(7);
    metrics_.open("issued").add(1);
    EXPECT_EQ(judged("latency:p(90)<10").observed, 10);
    EXPECT_EQ(judged("latency:p(90)<10").outcome, verdict::crossed);
    EXPECT_EQ(judged("latency:p(90)<=10").outcome, verdict::met);
    EXPECT_EQ(judged("latency:avg<10").observed, 6);
    EXPECT_EQ(judged("latency:med<10").observed, 6);
    EXPECT_EQ(judged("errors:count<1").observed, 20);
    EXPECT_EQ(judged("errors:rate<1").observed, 2);  // a second
    EXPECT_EQ(judged("users:value<1").observed, 7);
    EXPECT_EQ(judged("issued:rate>0.5").observed, 1);
}

TEST_F(summary_test, a_threshold_without_samples_is_crossed_and_says_so) {
    for (const char* text : {"latency:p(95)<2000", "errors:count<5", "errors:count>=0", "issued:rate<1"}) {
        EXPECT_EQ(judged(text).outcome, verdict::crossed) << text;
        EXPECT_EQ(judged(text).observed, std::nullopt) << text;
    }
    const std::vector wanted{threshold::parse("latency:p(95)<2000"), threshold::parse("errors:count<5")};
    EXPECT_EQ(
        describe_crossed(summarise(metrics_, wanted, {}, 10s)),
        "thresholds have been crossed: latency 'p(95)<2000' (no samples), errors 'count<5' (no samples)");
}

TEST_F(summary_test, refuses_aggregates_that_a_kind_has_not_even_without_samples) {
    for (const char* text : {"latency:rate<1", "latency:count<1", "errors:avg<1", "users:count<1",
                             "issued:p(95)<1", "nothing:rate<1", "latency{name:x}:avg<1"})
        EXPECT_THROW(judged(text), bad_expression) << text;
}

TEST_F(summary_test, leaves_out_metrics_without_samples) {
    metrics_.open("errors").add(5);
    const auto run = summarise(metrics_, {}, {{"status is 201", 3, 1}}, 2s);
    ASSERT_EQ(run.metrics.size(), 1U);
    const auto& errors = std::get<counter_values>(run.metrics.begin()->second.values);
    EXPECT_EQ(errors.count, 5);
    EXPECT_EQ(errors.per_second, 2.5);
    EXPECT_EQ(run.checks.front().fails, 1U);
    EXPECT_FALSE(run.any_crossed());
    EXPECT_EQ(describe_crossed(run), "");
}

}  // namespace
}  // namespace dibs::stats
