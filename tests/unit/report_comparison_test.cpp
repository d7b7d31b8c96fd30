#include "report/comparison/comparison_change.hpp"
#include "report/comparison/comparison_setting.hpp"
#include "report/comparison/comparison_table.hpp"
#include "report/run_file.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace dibs::report {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Runs of one strategy with these p95 of requests, in ms; those of claims are twice as long.
std::vector<single_run> runs_of(const std::string& strategy, const std::vector<double>& p95) {
    std::vector<single_run> runs;
    for (const double value : p95) {
        single_run run{strategy, {100, value / 1000}};
        run.details.round = static_cast<int>(runs.size()) + 1;
        run.details.claim_p95_ms = 2 * value;
        run.details.issued_per_s = 1000 / value;
        run.details.wrong = stats::wrongs{};
        runs.push_back(std::move(run));
    }
    return runs;
}

std::vector<single_run> operator+(std::vector<single_run> left, std::vector<single_run> right) {
    for (auto& run : right) left.push_back(std::move(run));
    return left;
}

std::vector<single_run> three_strategies() {
    return runs_of("queue", {10, 11, 10.5, 10}) + runs_of("cas", {10.1, 10.9, 10.6, 9.9}) +
           runs_of("spinlock", {30, 34, 31, 30.5});
}

std::string said(const comparison_table& table) {
    std::string text;
    for (const auto& sentence : sentences_of(table)) text += sentence + "\n";
    return text;
}

TEST(comparison_table, shows_ties_as_ties) {
    const auto table = compare_runs(three_strategies(), compared_metric::requests);
    ASSERT_EQ(table.rows.size(), 3U);
    EXPECT_EQ(table.rows[0].letters, "a");
    EXPECT_EQ(table.rows[1].letters, "a");
    EXPECT_EQ(table.rows[2].strategy, "spinlock");
    EXPECT_EQ(table.rows[2].letters, "b");
    EXPECT_NEAR(table.rows[2].to_best->estimate, 3.03, 0.02);
    EXPECT_EQ(table.compared.rounds, 4U);
    EXPECT_THAT(said(table), HasSubstr("are in front and not told apart"));
    EXPECT_THAT(said(table), HasSubstr("spinlock 3.0"));
    EXPECT_THAT(comparison_markdown(table), HasSubstr("| spinlock | b "));
}

TEST(comparison_table, says_what_only_ranks_see) {
    const auto slower = runs_of("redlock", {15, 15.2, 15, 15.1, 15, 15.3, 15, 15});
    const auto of = [&](double last) {
        return said(compare_runs(runs_of("queue", {10, 10.1, 10, 10.3, 10, 10.2, 10, last}) + slower,
                                 compared_metric::requests));
    };
    EXPECT_THAT(of(500), AllOf(HasSubstr("cannot be told"), HasSubstr("By ranks"),
                               HasSubstr("redlock is behind queue")));
    EXPECT_THAT(of(10), Not(HasSubstr("By ranks")));
}

TEST(comparison_table, compares_claims_by_their_own_p95) {
    const auto table = compare_runs(three_strategies(), compared_metric::claims);
    EXPECT_NEAR(table.rows[2].mean_p95_ms, 62.75, 1e-9);
    EXPECT_THAT(comparison_markdown(table), HasSubstr("merged p95, issued"));
}

TEST(comparison_table, does_not_rank_who_oversold_one_coupon) {
    auto runs = three_strategies();
    runs.front().details.wrong->oversold = 1;
    const auto table = compare_runs(runs, compared_metric::requests);
    EXPECT_EQ(table.rows.back().strategy, "queue");
    EXPECT_EQ(table.rows.back().letters, "");
    EXPECT_EQ(table.compared.treatments.size(), 2U);
    EXPECT_THAT(said(table), HasSubstr("cas has the lowest p95 of requests."));
    EXPECT_THAT(said(table), HasSubstr("queue is disqualified, however fast: 1 oversold."));
    EXPECT_THAT(comparison_markdown(table), HasSubstr("**1 oversold**"));
}

// Two runs of 100 requests each: 1 ms, and a slow one of 95 to 100 ms. The mean of their p95 is that of
// neither's requests.
TEST(comparison_table, has_merged_percentiles_beside_the_mean_of_percentiles) {
    auto runs = runs_of("queue", {1, 100});
    for (int i = 0; i < 100; ++i) {
        runs[0].details.requests.add(1);
        runs[1].details.requests.add(i < 91 ? 1 : 100);
    }
    const auto table = compare_runs(runs, compared_metric::requests);
    EXPECT_EQ(table.rows[0].mean_p95_ms, 50.5);
    EXPECT_NEAR(table.rows[0].merged_p95_ms.value(), 1, 0.01);
    runs[1].details.requests = {};
    EXPECT_EQ(compare_runs(runs, compared_metric::requests).rows[0].merged_p95_ms, std::nullopt);
}

TEST(comparison_table, says_what_it_assumes_of_runs_that_were_not_in_rounds) {
    auto runs = three_strategies();
    for (auto& run : runs) run.details.round = 0;
    const auto table = compare_runs(runs, compared_metric::requests);
    EXPECT_EQ(table.compared.rounds, 0U);
    EXPECT_THAT(said(table), HasSubstr("not taken in rounds"));
    EXPECT_THAT(said(compare_runs(three_strategies(), compared_metric::requests)),
                Not(HasSubstr("not taken in rounds")));
}

TEST(comparison_table, says_who_did_not_issue_every_claim) {
    auto runs = three_strategies();
    EXPECT_THAT(said(compare_runs(runs, compared_metric::requests)), Not(HasSubstr("Not every claim")));
    runs.front().figures.success_pct = 60;
    EXPECT_THAT(said(compare_runs(runs, compared_metric::requests)),
                HasSubstr("Not every claim was issued (queue 90.00 %)"));
    runs.front().figures.success_pct = 99.99;  // on average 99.9975
    const auto table = compare_runs(runs, compared_metric::requests);
    EXPECT_THAT(said(table), HasSubstr("(queue 99.99 %)"));
    EXPECT_THAT(comparison_markdown(table), HasSubstr("| 99.99 (99.99 – 100.00) "));
}

TEST(comparison_table, does_not_compare_who_made_no_claim) {
    auto runs = three_strategies();
    for (auto& run : runs)
        if (run.strategy == "cas") run.details.claim_p95_ms = 0;
    const auto table = compare_runs(runs, compared_metric::claims);
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_EQ(table.rows.front().strategy, "queue");
    EXPECT_EQ(table.compared.rounds, 4U);
    EXPECT_THAT(said(table), HasSubstr("Not compared, as no run of it has a p95 of claims: cas."));
    runs = three_strategies();
    runs.front().details.claim_p95_ms = 0;
    EXPECT_NEAR(compare_runs(runs, compared_metric::claims).rows.at(1).mean_p95_ms, 21, 1e-9);
}

TEST(comparison_table, says_that_a_round_is_not_enough) {
    const auto table = compare_runs(runs_of("queue", {10}) + runs_of("cas", {11}), compared_metric::requests);
    EXPECT_THAT(sentences_of(table), ElementsAre(HasSubstr("nobody can say whether by more than chance")));
    EXPECT_THAT(said(compare_runs({}, compared_metric::requests)), HasSubstr("No strategy can be ranked."));
    EXPECT_THAT(said(compare_runs(runs_of("queue", {10, 11}), compared_metric::requests)),
                HasSubstr("that takes two strategies"));
    EXPECT_NO_THROW(comparison_markdown(compare_runs({}, compared_metric::claims)));
}

TEST(comparison_table, prints_no_interval_that_says_nothing) {
    const auto table =
        compare_runs(runs_of("queue", {1, 1000}) + runs_of("cas", {1000, 1}), compared_metric::requests);
    EXPECT_THAT(comparison_markdown(table), AllOf(HasSubstr("(unknown)"), Not(HasSubstr("000000"))));
    EXPECT_THAT(said(table), HasSubstr("a factor of over 1000"));
    const auto change = compare_benches(runs_of("queue", {1, 1000}), runs_of("queue", {1, 900}));
    EXPECT_THAT(change_markdown(change), AllOf(HasSubstr("unknown"), Not(HasSubstr("0000"))));
}

TEST(comparison_table, leaves_an_interrupted_round_out) {
    auto runs = three_strategies();
    runs.pop_back();
    const auto table = compare_runs(runs, compared_metric::requests);
    EXPECT_EQ(table.compared.rounds, 3U);
    EXPECT_THAT(said(table), HasSubstr("1 round left out"));
}

TEST(comparison_json, has_every_pair) {
    auto runs = three_strategies();
    const auto made = comparison_json(compare_runs(runs, compared_metric::requests));
    EXPECT_EQ(made.at("pairs").as_array().size(), 3U);
    EXPECT_EQ(made.at("strategies").at(2).at("letters").as_string(), "b");
    EXPECT_EQ(made.at("pairs").at(1).at("told_apart"), true);
    EXPECT_GT(made.at("chance_any_pair").as_double(), made.at("chance_one_pair").as_double());
    runs.front().details.wrong->miscounted = 2;
    const auto wrong = comparison_json(compare_runs(runs, compared_metric::requests));
    EXPECT_EQ(wrong.at("strategies").at(2).at("wrong").at("miscounted"), 2);
}

TEST(change_table, finds_what_got_slower_and_nothing_else) {
    const auto before = three_strategies();
    const auto after = runs_of("queue", {15, 16, 15.5, 15.2}) + runs_of("cas", {10.3, 10.7, 10.4, 10.1}) +
                       runs_of("spinlock", {30, 33, 31.5, 30});
    const auto table = compare_benches(before, after);
    EXPECT_THAT(regressions(table, 0.1), testing::SizeIs(3));  // p95, p95 of claims, issues a second
    EXPECT_THAT(regressions(table, 0.1), testing::Each(HasSubstr(" of queue is worse by ")));
    EXPECT_THAT(regressions(table, 0.6), IsEmpty());
    EXPECT_THAT(regressions(compare_benches(after, before), 0), IsEmpty());
    EXPECT_THAT(regressions(compare_benches(before, before), 0), IsEmpty());
    EXPECT_THAT(change_markdown(table), HasSubstr("no difference seen"));
    EXPECT_THAT(change_markdown(table), HasSubstr("| worse "));
}

TEST(change_table, widens_its_intervals_with_the_number_of_strategies) {
    const auto alone = compare_benches(runs_of("queue", {10, 11, 10.5}), runs_of("queue", {11, 12, 11}));
    const auto among = compare_benches(three_strategies(), three_strategies());
    EXPECT_NEAR(alone.strategies[0].metrics[0].taken.confidence, 0.95, 1e-12);
    EXPECT_NEAR(among.strategies[0].metrics[0].taken.confidence, 1 - 0.05 / 3, 1e-12);
}

TEST(change_table, does_not_pass_what_it_cannot_judge) {
    const auto single = runs_of("queue", {10});
    EXPECT_THAT(regressions(compare_benches(single, single), 0.1),
                testing::Contains(HasSubstr("cannot be judged")));
    EXPECT_THAT(regressions(compare_benches(three_strategies(), runs_of("queue", {10, 11, 10.5, 10})), 0.1),
                ElementsAre("spinlock is not in B", "cas is not in B"));
    auto wrong = three_strategies();
    wrong.back().details.wrong->lost = 2;
    EXPECT_THAT(regressions(compare_benches(three_strategies(), wrong), 0.1),
                ElementsAre("spinlock issued wrongly in B: 2 lost"));
}

TEST(change_table, does_not_pass_runs_that_issued_nothing) {
    const auto before = runs_of("queue", {10, 10.5, 11, 10, 10.2});
    auto after = before;
    for (std::size_t i = 0; i < 3; ++i) {
        after[i].figures.success_pct = 0;
        after[i].details.issued_per_s = 0;
    }
    const auto table = compare_benches(before, after);
    EXPECT_THAT(regressions(table, 0.1), ElementsAre("issued_per_s of queue is 0 in 3 of B's runs"));
    EXPECT_THAT(change_markdown(table),
                HasSubstr("issued_per_s of queue is 0 in 0 of A's runs and 3 of B's: they have no ratio."));
    EXPECT_THAT(regressions(compare_benches(after, after), 0.1), IsEmpty());
    for (auto& run : after) run.details.issued_per_s = 0;
    const auto nothing = compare_benches(before, after);
    EXPECT_THAT(regressions(nothing, 0.1), ElementsAre("issued_per_s of queue is 0 in 5 of B's runs"));
    const boost::json::value json = change_json(nothing);
    EXPECT_TRUE(json.at_pointer("/strategies/0/metrics/issued_per_s/change").is_null());
    EXPECT_EQ(json.at_pointer("/strategies/0/metrics/issued_per_s/nothing_after").to_number<int>(), 5);
    EXPECT_THAT(change_markdown(nothing), Not(HasSubstr("-90")));
}

TEST(setting, tells_how_two_benches_were_made_differently) {
    const auto one = boost::json::parse(
        R"({"profile": "quick", "finished": true, "scenario": {"stages": [1]}, "machine": {"cores": 2}})");
    const auto other = boost::json::parse(
        R"({"profile": "published", "finished": false, "scenario": {"stages": [2]}, "machine": {"cores": 2}})");
    EXPECT_THAT(differences_of_setting(one, one), IsEmpty());
    EXPECT_THAT(differences_of_setting(one, other),
                ElementsAre("B is not finished: rounds are missing",
                            "the profile differs: quick in A, published in B",
                            "the scenario differs: the load was not the same"));
    EXPECT_THAT(differences_of_setting(nullptr, one), ElementsAre(HasSubstr("A has no summary.json")));
}

TEST(run_details, are_read_from_a_runs_file_and_from_the_list_of_a_bench) {
    const auto file = read_run_json(
        R"json({"metrics": {"coupon_issue_success_rate": {"value": 1}, "http_req_duration": {"p(95)": 7},
                            "iterations": {"count": 12}},
                "dibs": {"strategy": "queue", "round": 3, "claim_p95_ms": 9, "duration_s": 4,
                         "outcomes": {"issued": 10}, "reconciliation": {"oversold": 1, "lost": 2, "miscounted": 3},
                         "sell_out": {"reconciliation": {"lost": 1}},
                         "latencies": {"claim": {"unit": "ms", "relative_error": 0.001953125, "count": 1,
                                                 "min": 1, "max": 1, "sum": 1,
                                                 "buckets": [[1.00390625, 1]]}}}})json",
        {"run.json", std::nullopt});
    const auto& details = file.at(0).details;
    EXPECT_EQ(details.round, 3);
    EXPECT_EQ(details.claim_p95_ms, 9);
    EXPECT_EQ(details.iterations, 12);
    EXPECT_EQ(details.issued_per_s, 2.5);
    EXPECT_EQ(details.wrong, (stats::wrongs{.oversold = 1, .lost = 3, .miscounted = 3}));
    EXPECT_EQ(details.claims.count(), 1U);
    EXPECT_TRUE(details.requests.empty());
    const auto listed = read_run_json(
        R"({"strategies": {"queue": {"runs": [{"round": 2, "success_rate": 1, "p95_ms": 5, "claim_p95_ms": 6,
            "issued_per_s": 7, "oversold": 0, "duplicates": 1, "lost": 0, "unexplained": 0, "miscounted": 2}]}}})",
        {"summary.json", std::nullopt});
    EXPECT_EQ(listed.at(0).details.round, 2);
    EXPECT_EQ(listed.at(0).details.claim_p95_ms, 6);
    EXPECT_EQ(listed.at(0).details.wrong, (stats::wrongs{.duplicates = 1, .miscounted = 2}));
}

}  // namespace
}  // namespace dibs::report
