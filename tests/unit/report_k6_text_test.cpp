#include "report/json_text.hpp"
#include "report/k6/k6_json.hpp"
#include "report/k6/k6_text.hpp"
#include "report/run_file.hpp"
#include "tests/support/small_run.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace dibs::report {
namespace {

using testing::HasSubstr;

std::string data(const char* name) {
    std::ifstream file(std::string(DIBS_TEST_DATA) + "/" + name);
    EXPECT_TRUE(file.is_open()) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(k6_text, is_to_the_byte_as_k6_prints) { EXPECT_EQ(k6_text(test::small_run()), data("small_run.txt")); }

TEST(k6_text, leaves_out_what_there_is_nothing_of) {
    stats::run_summary run;
    run.metrics[stats::metric_name::parse("iterations")] = {stats::unit::plain,
                                                            stats::counter_values{3, 1.5}};
    EXPECT_EQ(k6_text(run),
              "\n\n  █ TOTAL RESULTS \n"
              "\n"
              "    EXECUTION\n"
              "    iterations...: 3 1.5/s\n"
              "\n\n\n");
}

TEST(k6_text, a_submetric_alone_has_its_whole_name_at_its_threshold) {
    stats::metric_set metrics;
    metrics.declare("latency", stats::unit::time, stats::trend());
    const std::vector wanted{stats::threshold::parse("latency{name:claim}:p(95)<50")};
    metrics.declare_submetric(wanted.front().metric);
    metrics.open("latency", wanted.front().metric.tags()).add(1);
    const auto text = k6_text(stats::summarise(metrics, wanted, {}, std::chrono::seconds(1)));
    EXPECT_THAT(text,
                HasSubstr("\n    latency{name:claim}\n    ✓ 'p(95)<50' p(95)=1ms\n\n\n  █ TOTAL RESULTS \n"));
}

TEST(k6_json, is_in_the_form_of_summary_export) {
    EXPECT_EQ(json_text(k6_json(test::small_run())), data("small_run.json"));
}

TEST(k6_json, says_which_thresholds_were_crossed) {
    const boost::json::value run = k6_json(test::small_run());
    EXPECT_TRUE(run.at_pointer("/metrics/http_req_duration/thresholds/p(95)<2000").as_bool() == false);
    EXPECT_TRUE(run.at_pointer("/metrics/coupon_issue_success_rate/thresholds/rate>0.8").as_bool());
    EXPECT_TRUE(run.at_pointer("/metrics/never/thresholds/avg<1").as_bool());
    EXPECT_EQ(run.at_pointer("/metrics/never").as_object().size(), 1U);
    EXPECT_EQ(run.at_pointer("/metrics/http_req_failed/passes").to_number<int>(), 29);  // those that failed
}

TEST(run_json, is_read_back) {
    const auto text = json_text(run_json(test::small_run(), {{"strategy", "spin"}, {"round", 2}}));
    const auto runs = read_run_json(text, {"run.json", std::nullopt});
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs.front().strategy, "spinlock");
    EXPECT_DOUBLE_EQ(runs.front().figures.success_pct, 71);
    const auto run = test::small_run();
    const auto& durations = run.metrics.at(stats::metric_name::parse("http_req_duration")).values;
    EXPECT_DOUBLE_EQ(runs.front().figures.duration_s, std::get<stats::trend_values>(durations).p95 / 1000);
}

TEST(json_text, escapes_and_nests) {
    const boost::json::value value{{"a\"b\n", boost::json::array{1, 2.5, nullptr, true}},
                                   {"none", boost::json::object()},
                                   {"tiny", 1e-7},
                                   {"µ", "✓"}};
    const auto text = json_text(value);
    EXPECT_EQ(boost::json::parse(text), value);
    EXPECT_THAT(text, HasSubstr("        2.5,\n        null,\n"));
    EXPECT_THAT(text, HasSubstr("\"none\": {},\n"));
    EXPECT_THAT(text, HasSubstr("\"µ\": \"✓\"\n}\n"));
}

}  // namespace
}  // namespace dibs::report
