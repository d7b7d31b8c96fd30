#include "report/results.hpp"
#include "report/run_file.hpp"
#include "tests/support/k6_texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace dibs::report {
namespace {

using test::fenced;
using test::k6_summary;
using test::with;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

results read_from(std::istream& text, log_origin origin) {
    results found;
    found.notes = read_k6_text(text, std::move(origin),
                               [&](single_run&& run) { found.runs.push_back(std::move(run)); });
    return found;
}

results read(const std::string& text, std::optional<std::string> strategy = {}) {
    std::istringstream stream(text);
    return read_from(stream, {"runs.md", std::move(strategy)});
}

std::string error_of(const std::string& text, std::optional<std::string> strategy = {}) {
    try {
        read(text, std::move(strategy));
    } catch (const unreadable& error) {
        return error.what();
    }
    return "no error";
}

std::vector<std::string> figures(const results& log) {
    std::vector<std::string> texts;
    for (const auto& run : log.runs)
        texts.push_back(
            fmt::format("{} {:.2f} {:g}", run.strategy, run.figures.success_pct, run.figures.duration_s));
    return texts;
}

results read_data(const char* name) {
    std::ifstream file(std::string(DIBS_TEST_DATA) + "/" + name);
    EXPECT_TRUE(file.is_open()) << name;
    return read_from(file, {name, std::nullopt});
}

// Long dots, `## spin`, a misspelt heading of a run, prose and tables between: as the published log.
TEST(k6_log, reads_a_document_of_the_older_form) {
    const auto log = read_data("k6_older_form.md");
    EXPECT_THAT(figures(log), ElementsAre("database 100.00 3.34", "spinlock 84.74 10.47",
                                          "spinlock 83.77 10.51", "queue 91.80 0.0125", "queue 88.12 62"));
    EXPECT_THAT(log.notes, ElementsAre(AllOf(StartsWith("k6_older_form.md:"), HasSubstr("'qeueue'"),
                                             HasSubstr("'queue'"))));
}

TEST(k6_log, reads_what_k6_prints_around_its_summary) {
    const auto log =
        read("     execution: local\n        script: spike.js\n\nINFO[0001] started  source=console\n\n" +
                 k6_summary("97.50%", "350µs") +
                 "\n\n\nrunning (1m20.5s), 000/100 VUs, 10 complete and 0 interrupted iterations\n"
                 "spike ✓ [======================================] 000/100 VUs  1m20s\n",
             "mine");
    EXPECT_THAT(figures(log), ElementsAre("mine 97.50 0.00035"));
}

TEST(k6_log, reads_line_ends_of_windows_a_byte_order_mark_and_colours) {
    std::string text = "## queue\n\n" + k6_summary("\x1b[36m97.50%\x1b[0m", "1.5s");
    std::string windows;
    for (const char& c : text) windows += c == '\n' ? "\r\n" : std::string_view(&c, 1);
    EXPECT_THAT(figures(read(fmt::format("\xEF\xBB\xBF{}", windows))), ElementsAre("queue 97.50 1.5"));
}

TEST(k6_log, reads_runs_without_fences_or_headings_of_their_own) {
    const auto log =
        read("## pubsub\n" + k6_summary("50.00%", "1s") + k6_summary("60.00%", "2s") + "# Notes\nprose\n");
    EXPECT_THAT(figures(log), ElementsAre("pubsub 50.00 1", "pubsub 60.00 2"));
}

TEST(k6_log, takes_any_name_for_a_strategy) {
    const auto log = read("## Pub/Sub\n" + k6_summary("50.00%", "1s") + "## my lock\n" +
                          k6_summary("60.00%", "2s") + "## Spin\n" + k6_summary("70.00%", "3s"));
    EXPECT_THAT(figures(log), ElementsAre("pubsub 50.00 1", "my lock 60.00 2", "spinlock 70.00 3"));
}

TEST(k6_log, needs_no_newline_at_the_end) {
    auto text = "## queue\n" + k6_summary("50.00%", "1s");
    text.pop_back();
    EXPECT_EQ(read(text).runs.size(), 1U);
}

TEST(k6_log, ignores_other_thresholds_and_groups) {
    auto text = with(k6_summary("50.00%", "1s"), "    http_req_duration\n",
                     "    http_req_duration\n    ✓ 'avg<2000' avg=7ms\n    ✓ 'p(99)<1' p(99)=9ms\n");
    text = with(text, "\n\n  █ TOTAL RESULTS \n",
                "      {name:claim}\n      ✓ 'p(95)<1' p(95)=1ms\n\n\n  █ TOTAL RESULTS \n");
    text += "\n  █ GROUP: x \n\n    http_req_duration...: avg=1x\n";
    EXPECT_THAT(figures(read(text, "queue")), ElementsAre("queue 50.00 1"));
}

TEST(k6_log, says_where_there_is_no_run) {
    EXPECT_THAT(error_of(""), AllOf(StartsWith("runs.md: no run"), HasSubstr("'█ THRESHOLDS'")));
    EXPECT_THAT(error_of("# Title\n\nprose\n"), StartsWith("runs.md: no run"));
}

TEST(k6_log, says_which_run_has_no_threshold) {
    const auto whole = "## queue\n" + k6_summary("50.00%", "1s");
    EXPECT_THAT(error_of(with(whole, "    ✓ 'rate>0.8' rate=50.00%\n", "")),
                AllOf(StartsWith("runs.md:2: "), HasSubstr("coupon_issue_success_rate")));
    EXPECT_THAT(error_of(with(whole, "    ✗ 'p(95)<2000' p(95)=1s\n", "")),
                AllOf(StartsWith("runs.md:2: "), HasSubstr("http_req_duration")));
    const auto totals = whole.substr(whole.find("  █ TOTAL"));
    EXPECT_THAT(error_of("## queue\n" + totals),
                AllOf(StartsWith("runs.md:2: "), HasSubstr("without thresholds")));
}

// Wherever the log is cut, it is an error: nothing becomes a run that is none, and no run goes missing.
TEST(k6_log, says_that_a_log_is_truncated_wherever_it_is_cut) {
    const auto whole = "## queue\n\nqueue 1회차\n\n" + fenced(k6_summary("50.00%", "1.5s"));
    const auto begin = whole.find("queue 1회차") + std::string_view("queue 1회차").size();
    for (auto size = begin; size + 4 < whole.size(); ++size)
        ASSERT_THAT(error_of(whole.substr(0, size)), StartsWith("runs.md:")) << size;
    EXPECT_EQ(read(whole).runs.size(), 1U);
}

TEST(k6_log, names_the_line_where_a_truncated_run_begins) {
    const auto whole = "## queue\n" + k6_summary("50.00%", "1s");
    for (const auto* end : {"  █ TOTAL", "    HTTP", "    NETWORK", "    data_sent"})
        EXPECT_THAT(error_of(whole.substr(0, whole.find(end))),
                    AllOf(StartsWith("runs.md:2: "), HasSubstr("truncated")))
            << end;
    EXPECT_THAT(
        error_of(whole.substr(0, whole.find("    NETWORK")) + "## redlock\n" + k6_summary("1.00%", "1s")),
        AllOf(StartsWith("runs.md:2: "), HasSubstr("data_sent")));
}

TEST(k6_log, says_where_a_heading_of_a_run_has_no_run) {
    EXPECT_THAT(error_of("## queue\n\nqueue 1회차\n\nqueue 2회차\n" + fenced(k6_summary("50.00%", "1s"))),
                AllOf(StartsWith("runs.md:3: "), HasSubstr("no k6 summary follows")));
    EXPECT_THAT(error_of("## queue\n" + k6_summary("50.00%", "1s") + "queue run 2\n## redlock\n"),
                StartsWith("runs.md:35: "));
}

TEST(k6_log, says_where_headings_contradict) {
    EXPECT_THAT(error_of("## queue\npubsub 1회차\n" + k6_summary("50.00%", "1s")),
                AllOf(StartsWith("runs.md:2: "), HasSubstr("'pubsub'"), HasSubstr("'queue'")));
    EXPECT_THAT(error_of("## queue\n" + k6_summary("50.00%", "1s"), "redlock"),
                AllOf(StartsWith("runs.md:2: "), HasSubstr("--strategy")));
    EXPECT_EQ(read("## results of today\n" + k6_summary("50.00%", "1s"), "redlock").runs.size(), 1U);
}

TEST(k6_log, says_which_run_is_of_no_strategy) {
    EXPECT_THAT(error_of(fmt::format("\n{}", k6_summary("50.00%", "1s"))),
                AllOf(StartsWith("runs.md:2: "), HasSubstr("--strategy NAME")));
}

TEST(k6_log, says_which_unit_it_does_not_know) {
    const auto whole = "## queue\n" + k6_summary("50.00%", "1s");
    EXPECT_THAT(error_of(with(whole, "p(95)=1s", "p(95)=1parsec")),
                AllOf(StartsWith("runs.md:8: "), HasSubstr("1parsec")));
    EXPECT_THAT(error_of(with(whole, "rate=50.00%", "rate=0.5")),
                AllOf(StartsWith("runs.md:5: "), HasSubstr("0.5")));
    EXPECT_THAT(error_of(with(whole, "med=12.5ms", "med=12.5fs")),
                AllOf(StartsWith("runs.md:25: "), HasSubstr("12.5fs")));
    EXPECT_THAT(error_of(with(whole, "8.5 B/s", "8.5 XB/s")),
                AllOf(StartsWith("runs.md:34: "), HasSubstr("XB")));
}

TEST(k6_log, says_that_a_run_measured_nothing) {
    EXPECT_THAT(error_of(with("## queue\n" + k6_summary("50.00%", "1s"), "p(95)=1s", "no samples")),
                AllOf(StartsWith("runs.md:8: "), HasSubstr("no samples")));
}

// As when the service was away: k6 then finds its thresholds met.
TEST(k6_log, says_that_a_run_made_no_claim) {
    EXPECT_THAT(
        error_of(with("## queue\n" + k6_summary("0.00%", "0s"), "90.00% 9 out of 10", "0.00% 0 out of 0")),
        AllOf(StartsWith("runs.md:22: coupon_issue_success_rate"), HasSubstr("measured nothing")));
}

TEST(k6_log, reads_the_value_of_an_unequal_threshold_as_k6_prints_it) {
    for (const char* printed : {"✓ 'rate!=1' rate!=97.50%", "✓ 'rate != 1' rate !=97.50%"})
        EXPECT_THAT(
            figures(read(with(k6_summary("1.00%", "1s"), "✓ 'rate>0.8' rate=1.00%", printed), "queue")),
            ElementsAre("queue 97.50 1"));
}

TEST(k6_log, says_which_line_is_not_utf8) {
    const auto whole = "## queue\n" + k6_summary("50.00%", "1s");
    for (const char* bytes :
         {"\xff", "caf\xe9 au lait", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x96"})
        EXPECT_THAT(error_of(fmt::format("\n{}\n{}", bytes, whole)),
                    AllOf(StartsWith("runs.md:2: "), HasSubstr("UTF-8")));
    EXPECT_THAT(error_of(std::string("\xff\xfe#\0#\0", 6)), StartsWith("runs.md:1: "));
}

TEST(k6_log, does_not_overlook_a_summary_that_lost_its_headings) {
    const auto whole = k6_summary("50.00%", "1s");
    const auto headless = "## queue\n" + whole.substr(whole.find("    coupon_issue_success_rate"));
    EXPECT_THAT(error_of(headless), AllOf(StartsWith("runs.md:3: "), HasSubstr("█ THRESHOLDS")));
    EXPECT_THAT(error_of("## queue\n" + whole.substr(whole.find("    HTTP"))), StartsWith("runs.md:3: "));
}

TEST(k6_log, does_not_read_on_in_an_open_fence) {
    const auto run = k6_summary("50.00%", "1s");
    EXPECT_THAT(error_of("## queue\n```\n" + run + "## redlock\n" + fenced(run)),
                AllOf(StartsWith("runs.md:2: "), HasSubstr("not closed")));
    EXPECT_THAT(error_of("## queue\n" + fenced(run) + "```\nmore\n"),
                AllOf(StartsWith("runs.md:37: "), HasSubstr("never closed")));
}

TEST(k6_log, reads_lines_longer_than_its_buffer_and_refuses_endless_ones) {
    const auto run = "## queue\n" + k6_summary("50.00%", "1s");
    EXPECT_EQ(read(std::string(1'000'000, 'x') + "\n" + run).runs.size(), 1U);
    EXPECT_THAT(error_of(fmt::format("\n{:x<17825792}\n{}", "", run)),
                AllOf(StartsWith("runs.md:2: "), HasSubstr("16 MiB")));
}

}  // namespace
}  // namespace dibs::report
