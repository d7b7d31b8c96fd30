#include "report/json_text.hpp"
#include "report/k6/k6_json.hpp"
#include "report/k6/k6_text.hpp"
#include "report/results.hpp"
#include "tests/support/k6_texts.hpp"
#include "tests/support/small_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace dibs::report {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class results_test : public testing::Test {
   protected:
    results_test() {
        std::string name = (fs::temp_directory_path() / "dibs-results-XXXXXX").native();
        folder_ = ::mkdtemp(name.data());
    }

   public:
    ~results_test() override { fs::remove_all(folder_); }

   protected:
    fs::path write(const std::string& name, const std::string& text) const {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return folder_ / name;
    }

    static std::string run(const char* about) {
        return fmt::format(
            R"json({{"metrics": {{"coupon_issue_success_rate": {{"value": 0.995, "passes": 199, "fails": 1}},
                                  "http_req_duration": {{"avg": 3, "p(95)": 12.5}}}}{}}})json",
            about);
    }

    std::string error_of(const std::string& name, const std::string& text) const {
        try {
            read_results({{write(name, text), std::nullopt}});
        } catch (const unreadable& error) {
            return error.what();
        }
        return "no error";
    }

    static std::string shape(const results& read) {
        run_collection runs;
        for (const auto& run : read.runs) runs.add(run.strategy, run.figures);
        std::string text;
        for (const auto& strategy : runs.strategies())
            text += fmt::format("{}:{} ", strategy.strategy, strategy.runs.size());
        return text;
    }

    fs::path folder_;
};

TEST_F(results_test, reads_a_folder_of_runs_and_not_its_summary_twice) {
    write("round-01-queue.json", run(R"(, "dibs": {"strategy": "queue", "round": 1})"));
    write("round-02-queue.json", run(R"(, "dibs": {"strategy": "queue", "round": 2})"));
    write("more/round-01-database.json", run(R"(, "dibs": {"strategy": "database", "round": 1})"));
    write("round-01-queue.txt", test::k6_summary("1.00%", "1s"));
    write("summary.json", R"({"strategies": {"queue": {"runs": [{"success_rate": 1, "p95_ms": 5}]}}})");
    const auto read = read_results({{folder_, std::nullopt}});
    EXPECT_EQ(shape(read), "database:1 queue:2 ");
    EXPECT_DOUBLE_EQ(read.runs.front().figures.success_pct, 99.5);
    EXPECT_DOUBLE_EQ(read.runs.front().figures.duration_s, 0.0125);
}

TEST_F(results_test, reads_files_of_all_kinds_together) {
    const auto bench = write("summary.json",
                             R"({"profile": "quick", "strategies": {"spin": {"runs":
                                [{"success_rate": 1, "p95_ms": 5}, {"success_rate": 0.5, "p95_ms": 1500}]}}})");
    const auto text = write("queue.txt", test::k6_summary("50.00%", "1s"));
    const auto k6 = write("k6.json", run(""));
    const auto read = read_results({{bench, std::nullopt}, {text, "queue"}, {k6, "pubsub"}});
    EXPECT_EQ(shape(read), "spinlock:2 pubsub:1 queue:1 ");
    EXPECT_EQ(read.runs.at(1).strategy, "spinlock");
    EXPECT_EQ(read.runs.at(1).figures.success_pct, 50);
    EXPECT_EQ(read.runs.at(1).figures.duration_s, 1.5);
}

// What `dibs load` prints, and what it writes with --summary-export.
TEST_F(results_test, reads_a_runs_text_and_its_json_to_the_same_figures) {
    const auto run = test::small_run();
    const auto text = read_results({{write("run.txt", k6_text(run)), "queue"}});
    const auto json =
        read_results({{write("run.json", json_text(run_json(run, {{"strategy", "queue"}}))), {}}});
    const auto k6 = read_results({{write("k6.json", json_text(k6_json(run))), "queue"}});
    const auto figures_of = [](const results& read) { return read.runs.at(0).figures; };
    EXPECT_NEAR(figures_of(text).success_pct, figures_of(json).success_pct, 0.01);  // the text is rounded
    EXPECT_NEAR(figures_of(text).duration_s, figures_of(json).duration_s, 0.01);
    EXPECT_EQ(figures_of(k6).success_pct, figures_of(json).success_pct);
    EXPECT_EQ(figures_of(k6).duration_s, figures_of(json).duration_s);
}

TEST_F(results_test, takes_nothing_else_of_a_bench_for_a_run) {
    write("round-01-queue.json", run(R"(, "dibs": {"strategy": "queue", "round": 1})"));
    for (const auto* other : {"summary.json", "capacity.json", "claims.json", "measure.json", "torture.json"})
        write(other, R"({"strategies": {}})");
    EXPECT_EQ(shape(read_results({{folder_, std::nullopt}})), "queue:1 ");
}

TEST_F(results_test, says_what_is_wrong_with_json) {
    EXPECT_THAT(error_of("a.json", "{\n\"metrics\": {\n"),
                AllOf(HasSubstr("/a.json:3: "), HasSubstr("truncated")));
    EXPECT_THAT(error_of("a.json", "{\n\n\"metrics\": nonsense}"), HasSubstr("/a.json:3: "));
    EXPECT_THAT(error_of("a.json", "{}"), HasSubstr("/a.json: neither"));
    EXPECT_THAT(error_of("a.json", run("")), HasSubstr("--strategy NAME"));
    EXPECT_THAT(error_of("a.json", R"({"metrics": {}, "dibs": {"strategy": "queue"}})"),
                HasSubstr("no number at /metrics/coupon_issue_success_rate/value"));
    EXPECT_THAT(error_of("a.json", R"({"strategies": {"queue": {}}})"), HasSubstr("/strategies/queue/runs"));
    EXPECT_THAT(
        error_of("a.json", R"({"strategies": {"queue": {"runs": [{"success_rate": 2, "p95_ms": 1}]}}})"),
        HasSubstr("not between 0 and 1"));
    EXPECT_THAT(error_of("a.json", run(R"(, "dibs": {"strategy": "queue", "round": -3})")),
                HasSubstr("-3 at /dibs/round is not between 0 and"));
    EXPECT_THAT(
        error_of("a.json", run(R"(, "dibs": {"strategy": "queue", "reconciliation": {"lost": 1e19}})")),
        HasSubstr("at /lost is not between 0 and"));
    EXPECT_THAT(error_of("a.json", R"({"strategies": {}})"), HasSubstr("no run"));
}

// As when the service was away: k6 then finds its thresholds met.
TEST_F(results_test, says_that_a_run_made_no_claim) {
    const auto* const exported = R"json({"metrics": {"http_req_duration": {"p(95)": 0},
        "coupon_issue_success_rate": {"value": 0, "passes": 0, "fails": 0}}})json";
    const auto* const machine_readable = R"json({"results": {"metrics": [
        {"name": "coupon_issue_success_rate", "values": {"rate": 0, "total": 0}},
        {"name": "http_req_duration", "values": {"p95": 0}}]}})json";
    EXPECT_THAT(error_of("a.json", exported), HasSubstr("measured nothing"));
    EXPECT_THAT(error_of("a.json", machine_readable), HasSubstr("measured nothing"));
    EXPECT_THAT(error_of("a.json", R"({"results": {"metrics": []}})"),
                HasSubstr("no metric coupon_issue_success_rate"));
}

TEST_F(results_test, does_not_let_a_strategy_be_called_another) {
    const auto file = write("a.json", run(R"(, "dibs": {"strategy": "queue"})"));
    EXPECT_THROW(read_results({{file, "redlock"}}), unreadable);
    EXPECT_EQ(shape(read_results({{file, "queue"}})), "queue:1 ");
}

TEST_F(results_test, says_what_cannot_be_opened_or_holds_nothing) {
    EXPECT_THROW(read_results({{folder_ / "missing.txt", std::nullopt}}), unreadable);
    EXPECT_THROW(read_results({{folder_, std::nullopt}}), unreadable);
    EXPECT_THAT(error_of("empty.txt", ""), HasSubstr("no run"));
    write("notes.json", R"({"unrelated": 1})");
    EXPECT_THROW(read_results({{folder_, std::nullopt}}), unreadable);
}

}  // namespace
}  // namespace dibs::report
