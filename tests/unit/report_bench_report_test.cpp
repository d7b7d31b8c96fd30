#include "report/k6/k6_text.hpp"
#include "report/published/bench_report.hpp"
#include "report/published/published_means.hpp"
#include "report/run_file.hpp"
#include "tests/support/k6_texts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace dibs::report {
namespace {

using test::k6_summary;
using testing::HasSubstr;
using testing::Not;

std::string data(const char* name) {
    std::ifstream file(std::string(DIBS_TEST_DATA) + "/" + name);
    EXPECT_TRUE(file.is_open()) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

bench_document small_bench() {
    bench_document document;
    document.remarks = {"- profile quick, 2 rounds, seed 42"};
    document.strategies = {{"database", {k6_summary("100.00%", "3.34s"), k6_summary("99.99%", "3.36s")}},
                           {"queue", {k6_summary("100.00%", "12.5ms"), k6_summary("100.00%", "350µs")}},
                           {"cas", {"\n" + k6_summary("100.00%", "1m2s") + "\n\n"}}};
    return document;
}

published_table read_back(const std::string& report) {
    std::istringstream stream(report);
    run_collection runs;
    read_k6_text(stream, {"report.md", std::nullopt},
                 [&](const single_run& run) { runs.add(run.strategy, run.figures); });
    return {runs, 0.95};
}

TEST(bench_report, is_in_its_golden_form) { EXPECT_EQ(bench_report(small_bench()), data("bench_report.md")); }

TEST(bench_report, is_in_its_golden_form_in_korean) {
    auto document = small_bench();
    document.in = language::korean;
    EXPECT_EQ(bench_report(document), data("bench_report_ko.md"));
}

TEST(bench_report, is_read_back_to_its_own_table) {
    for (const auto in : {language::english, language::korean}) {
        auto document = small_bench();
        document.in = in;
        const auto report = bench_report(document);
        EXPECT_THAT(report, HasSubstr(table_markdown(read_back(report), in)));
    }
}

TEST(bench_report, says_that_the_published_runs_signed_up_with_passwords) {
    auto document = small_bench();
    EXPECT_THAT(bench_report(document), HasSubstr("here the users signed up as guests"));
    document.signed_up = registration::with_passwords;
    EXPECT_THAT(bench_report(document), Not(HasSubstr("guests")));
}

TEST(bench_report, compares_nothing_where_nothing_was_published) {
    auto document = small_bench();
    document.strategies.erase(document.strategies.begin(), document.strategies.begin() + 2);
    EXPECT_THAT(bench_report(document), Not(HasSubstr("published")));
}

TEST(bench_report, refuses_half_a_run) {
    auto document = small_bench();
    auto& run = document.strategies.front().runs.front();
    run.resize(run.find("NETWORK"));
    EXPECT_THROW(bench_report(document), unreadable);
}

TEST(published_means, are_those_of_the_published_table) {
    std::ifstream file(DIBS_TEST_DATA "/published_table.csv");
    std::string table(std::istreambuf_iterator<char>(file), {});
    for (const auto& mean : published_means) {
        EXPECT_THAT(table,
                    HasSubstr(fmt::format("{},success_rate_pct,{:.2f},", mean.strategy, mean.success_pct)));
        EXPECT_THAT(table, HasSubstr(fmt::format("{},duration_s,{:.2f},", mean.strategy, mean.duration_s)));
    }
}

}  // namespace
}  // namespace dibs::report
