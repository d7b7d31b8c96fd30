// Against what k6 itself printed and wrote: tests/data/k6.
#include "report/json_text.hpp"
#include "report/k6/k6_json.hpp"
#include "report/k6/k6_text.hpp"
#include "report/results.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace dibs::report {
namespace {

using stats::unit;
using testing::UnorderedElementsAreArray;

std::string recorded_path(const char* name) { return std::string(DIBS_TEST_DATA) + "/k6/" + name; }

std::string recorded(const char* name) {
    std::ifstream file(recorded_path(name));
    EXPECT_TRUE(file.is_open()) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The samples of tests/data/k6/summary.js, and what depended on the time: how long k6 took.
class recorded_k6 : public testing::Test {
   protected:
    recorded_k6() : json_(boost::json::parse(recorded("summary.json"))) {
        declare();
        for (int i = 0; i < 100; ++i) add(i);
        metrics_.open("coupon_issue_errors").add(29);
        metrics_.open("latency").add(3'599'999);
        metrics_.open("iterations").add();
        metrics_.open("iteration_duration").add(k6_number("/metrics/iteration_duration/avg"));
        for (const char* name : {"data_sent", "data_received"}) metrics_.open(name).add(0);
        for (const char* name : {"vus", "vus_max"}) metrics_.open(name).add(1);
    }

    double k6_number(const char* pointer) const { return json_.at_pointer(pointer).to_number<double>(); }

    stats::run_summary run() const {
        const auto nanoseconds = std::llround(1e9 / k6_number("/metrics/iterations/rate"));
        return stats::summarise(
            metrics_, wanted_, {{"always holds", 100, 0}, {"fails at times", 99, 1}, {"never holds", 0, 100}},
            std::chrono::nanoseconds(nanoseconds));
    }

    const boost::json::value json_;

   private:
    void declare() {
        for (const char* name : {"http_req_duration", "iteration_duration", "latency"})
            metrics_.declare(name, unit::time, stats::trend());
        for (const char* name : {"http_reqs", "coupon_issue_errors", "iterations"})
            metrics_.declare(name, unit::plain, stats::counter());
        for (const char* name : {"checks", "coupon_issue_success_rate", "http_req_failed"})
            metrics_.declare(name, unit::plain, stats::rate());
        for (const char* name : {"depth", "vus", "vus_max"})
            metrics_.declare(name, unit::plain, stats::gauge());
        for (const char* name : {"data_received", "data_sent"})
            metrics_.declare(name, unit::data, stats::counter());
        metrics_.declare("queue_length", unit::plain, stats::trend());
        for (const char* text :
             {"http_req_duration:p(95)<2000", "http_req_duration:p(99.9) < 70000",
              "http_req_duration:avg<1000", "http_req_duration:min<1", "http_req_duration:med>=3",
              "http_req_duration:max<1e9", "http_req_duration{name:claim}:p(95)<50",
              "http_req_duration{name:claim,status:201}:p(95)<50", "http_reqs:count>1", "http_reqs:rate>1",
              "coupon_issue_success_rate:rate>0.8", "coupon_issue_success_rate:rate===0.71",
              "latency{name:claim}:p(0)<1", "depth:value<=1", "checks:rate>0.99",
              "checks{check:fails at times}:rate>0.9"}) {
            wanted_.push_back(stats::threshold::parse(text));
            metrics_.declare_submetric(wanted_.back().metric);
        }
    }

    void add(int i) {
        const std::vector<stats::tag> tags{{"name", i % 2 == 0 ? "claim" : "signup"},
                                           {"status", i % 4 == 0 ? "503" : "201"}};
        metrics_.open("http_req_duration", tags).add(i == 99 ? 61'500 : 0.35 + 20 * i);
        metrics_.open("http_reqs", tags).add();
        metrics_.open("http_req_failed", tags).add(i < 29 ? 1 : 0);
        metrics_.open("coupon_issue_success_rate").add(i >= 29 ? 1 : 0);
        metrics_.open("latency", tags).add(i / 7000.0);
        metrics_.open("queue_length").add(i / 7.0);
        metrics_.open("depth").add(i / 3.0);
        add_check("always holds", true);
        add_check("fails at times", i != 3);
        add_check("never holds", false);
    }

    void add_check(const char* name, bool passed) {
        metrics_.open("checks", std::vector<stats::tag>{{"check", name}}).add(passed ? 1 : 0);
    }

    stats::metric_set metrics_;
    std::vector<stats::threshold> wanted_;
};

std::vector<std::string> keys(const boost::json::value& object) {
    std::vector<std::string> found;
    for (const auto& [key, any] : object.as_object()) found.emplace_back(key);
    return found;
}

/// k6's order changes from run to run.
void expect_equal(const boost::json::value& own, const boost::json::value& k6, const std::string& path) {
    if (!k6.is_object()) {
        EXPECT_EQ(own, k6) << path;
        return;
    }
    ASSERT_TRUE(own.is_object()) << path;
    ASSERT_THAT(keys(own), UnorderedElementsAreArray(keys(k6))) << path;
    for (const auto& [key, value] : k6.get_object())
        expect_equal(own.get_object().at(key), value, path + "/" + std::string(key));
}

TEST_F(recorded_k6, text_is_ours_to_the_byte) { EXPECT_EQ(k6_text(run()), recorded("summary.txt")); }

TEST_F(recorded_k6,
       json_is_ours_but_for_the_order) {  // Boost.JSON 1.81 may read the last digit wrongly; so read both.
    expect_equal(boost::json::parse(json_text(k6_json(run()))), json_, "");
}

TEST_F(recorded_k6, is_read_to_the_same_figures_in_every_form) {
    for (const char* name : {"summary.txt", "summary.json", "terminal.txt", "machine.json"}) {
        const auto read = read_results({{recorded_path(name), "queue"}});
        ASSERT_EQ(read.runs.size(), 1U) << name;
        EXPECT_DOUBLE_EQ(read.runs.front().figures.success_pct, 71) << name;
        EXPECT_NEAR(read.runs.front().figures.duration_s, 1.88135, 0.01) << name;  // the text cuts off
    }
}

}  // namespace
}  // namespace dibs::report
