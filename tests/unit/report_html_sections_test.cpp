#include "report/html/json_reading.hpp"
#include "report/html/report.hpp"
#include "report/html/sections.hpp"
#include "report/html/standings.hpp"
#include "report/runs.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

namespace dibs::report::html {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

/// Four strategies, four rounds; spinlock oversold one and loses some claims. See
/// tests/data/results/make.mjs.
bench_results sample() { return read_bench(DIBS_TEST_DATA "/results/bench"); }

bench_results of_json(const char* strategies) {
    bench_results made;
    made.summary = boost::json::parse(R"({"format": 2})");
    const auto read = boost::json::parse(strategies);
    for (const auto& [name, runs] : read.as_object()) {
        bench_strategy one{name, {}};
        for (const auto& listed : runs.as_array())
            one.runs.push_back({static_cast<int>(one.runs.size()) + 1, 1, listed, nullptr});
        made.strategies.push_back(std::move(one));
    }
    return made;
}

/// A folder of its own, which goes with the test.
struct folder {
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "dibs-report-XXXXXX").native();
        path = mkdtemp(name.data());
    }
    ~folder() { std::filesystem::remove_all(path); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    void write(const char* name, const char* text) const { std::ofstream(path / name) << text; }

    std::filesystem::path path;
};

std::string refusal(const std::filesystem::path& of) {
    try {
        read_bench(of);
    } catch (const unreadable& refused) {
        return refused.what();
    }
    return "read";
}

TEST(ReportFolder, ReadsStrategiesInTheirOrderWithAllTheirRuns) {
    const auto read = sample();
    std::vector<std::string> names;
    for (const auto& one : read.strategies) {
        names.push_back(one.name);
        EXPECT_EQ(one.runs.size(), 4U);
        for (const auto& run : one.runs) EXPECT_EQ(text_at(run.file, "/dibs/strategy"), one.name);
    }
    EXPECT_THAT(names, ElementsAre("database", "spinlock", "queue", "cas"));
    EXPECT_THAT(read.notes, IsEmpty());
    EXPECT_FALSE(read.is_old());
}

TEST(ReportFolder, SaysWhatIsWrongWithAFolder) {
    const folder empty;
    EXPECT_THAT(refusal(empty.path / "nowhere"),
                HasSubstr("is no folder; name one that `dibs bench --out` wrote"));
    EXPECT_THAT(refusal(empty.path), HasSubstr("holds no results"));
    empty.write("summary.json", R"({"strategies": {"queue": )");
    EXPECT_THAT(refusal(empty.path), HasSubstr("truncated or damaged"));
    empty.write("summary.json", R"({"strategies": {"queue": {"runs": []}}})");
    EXPECT_THAT(refusal(empty.path), HasSubstr("holds no results"));
}

TEST(ReportFolder, MissingRunFileIsANoteAndADamagedHistogramAnError) {
    const folder place;
    place.write("summary.json",
                R"({"format": 2, "strategies": {"queue": {"runs": [{"round": 1, "claim_p95_ms": 3}]}}})");
    const auto read = read_bench(place.path);
    EXPECT_THAT(read.notes, ElementsAre(HasSubstr("round-01-queue.json is missing")));
    EXPECT_THAT(latency_section(read).missing, HasSubstr("dibs bench"));
    place.write("round-01-queue.json", R"({"dibs": {"latencies": {"claim": {"unit": "s"}}}})");
    EXPECT_THROW(latency_section(read_bench(place.path)), unreadable);
}

TEST(ReportFolder, DoesNotFollowAStrategyNameOutOfTheFolder) {
    const folder place;
    std::filesystem::create_directory(place.path / "round-01-x");
    place.write("secret.json", R"({"dibs": {"strategy": "secret"}})");
    place.write("summary.json", R"({"strategies": {"x/../secret": {"runs": [{"round": 1}]}}})");
    EXPECT_TRUE(read_bench(place.path).strategies.front().runs.front().file.is_null());
}

TEST(ReportFolder, CapacityAloneIsAReport) {
    const folder place;
    place.write(
        "capacity.json",
        R"({"format": 1, "p99_ms": 50, "strategies": {"cas": {"rate": {"median": 900}, "curve": []}}})");
    const auto made = report_of(read_bench(place.path));
    EXPECT_THAT(page(made), HasSubstr("900"));
}

TEST(ReportStandings, DisqualifiesForOneCouponAndComparesTheOthers) {
    const auto rows = ranking_section(standings_of(sample()), sample()).tables.at(0).rows;
    EXPECT_EQ(rows.at(1).at(0), "cas");
    EXPECT_EQ(rows.at(1).at(4), "1");
    EXPECT_EQ(rows.at(1).at(1), rows.at(2).at(1));
    EXPECT_EQ(rows.at(3).at(0), "database");
    EXPECT_NE(rows.at(3).at(1), rows.at(1).at(1));
    EXPECT_THAT(rows.at(3).at(4), MatchesRegex("1[.][0-9]+ [(]1[.][0-9]+ to [0-9.]+[)]"));
    EXPECT_EQ(rows.at(4).at(0), "spinlock");
    EXPECT_EQ(rows.at(4).at(1), "disqualified");
    EXPECT_THAT(rows.at(4).at(2), HasSubstr("98.03 ("));
}

TEST(ReportStandings, TheChartHasTheIntervalsOfTheTable) {
    const auto made = ranking_section(standings_of(sample()), sample()).charts.at(0);
    const auto& database = made.rows.at(2).as_array();
    EXPECT_LT(database.at(2).as_double(), database.at(1).as_double());
    EXPECT_GT(database.at(3).as_double(), database.at(1).as_double());
    EXPECT_TRUE(made.rows.at(3).at(2).is_null());
    EXPECT_EQ(made.rows.at(3).at(5), "disqualified");
}

TEST(ReportAnswer, SaysWhoIsInFrontTiesAndIsDisqualified) {
    const auto results = sample();
    const auto said = answer(standings_of(results), results);
    EXPECT_THAT(said.front(), HasSubstr("cas and queue"));
    EXPECT_THAT(said, Contains(HasSubstr("spinlock is disqualified")));
    EXPECT_THAT(said, Contains(HasSubstr("Not every claim was issued (spinlock 98.03 %)")));
    EXPECT_THAT(said, Not(Contains(HasSubstr("--capacity"))));
}

TEST(ReportAnswer, OneRoundRanksNobody) {
    const auto results = of_json(
        R"({"queue": [{"claim_p95_ms": 5, "success_rate": 1}], "cas": [{"claim_p95_ms": 4, "success_rate": 1}]})");
    const auto standings = standings_of(results);
    EXPECT_THAT(answer(standings, results).front(), HasSubstr("by more than chance"));
    EXPECT_EQ(ranking_section(standings, results).tables.at(0).rows.at(2).at(4), "1.25");
}

TEST(ReportAnswer, SeparatesWhatIsFarApart) {
    const auto results =
        of_json(R"({"queue": [{"claim_p95_ms": 50}, {"claim_p95_ms": 51}, {"claim_p95_ms": 49}],
                                     "cas": [{"claim_p95_ms": 4}, {"claim_p95_ms": 4.1}, {"claim_p95_ms": 3.9}]})");
    EXPECT_THAT(answer(standings_of(results), results).front(), HasSubstr("cas has the lowest p95"));
}

TEST(ReportAnswer, WhereAllAreDisqualifiedNobodyIsFastest) {
    for (const auto* runs : {R"({"queue": [{"claim_p95_ms": 5, "lost": 1}]})",
                             R"({"queue": [{"claim_p95_ms": 5, "miscounted": 1}]})"}) {
        const auto results = of_json(runs);
        EXPECT_THAT(answer(standings_of(results), results).front(), HasSubstr("No strategy can be ranked"));
    }
}

TEST(ReportAnswer, OldFoldersAndUnfinishedOnesAreSaidToBeSo) {
    auto results = of_json(R"({"queue": [{"claim_p95_ms": 5}]})");
    results.summary = boost::json::parse(R"({"finished": false})");
    const auto said = answer(standings_of(results), results);
    EXPECT_THAT(said, Contains(HasSubstr("An older dibs")));
    EXPECT_THAT(said, Contains(HasSubstr("not finished")));
}

TEST(ReportAnswer, SaysWhatTheHostTook) {
    auto results = of_json(R"({"queue": [{"claim_p95_ms": 5}]})");
    auto& file = results.strategies[0].runs[0].file;
    file = boost::json::parse(R"({"dibs": {"cpu_s": {"service": 6, "redis": 4, "stolen": 0.5}}})");
    EXPECT_THAT(answer(standings_of(results), results), Not(Contains(HasSubstr("host"))));
    file = boost::json::parse(R"({"dibs": {"cpu_s": {"service": 6, "redis": 4, "stolen": 1.2}}})");
    EXPECT_THAT(answer(standings_of(results), results), Contains(HasSubstr("host ran others for 12.00 %")));
}

double last_share(const chart& of, const std::string& strategy) {
    double share = -1;
    for (const auto& row : of.rows)
        if (row.at(0) == boost::json::string(strategy)) share = row.at(2).to_number<double>();
    return share;
}

TEST(ReportSections, CurveOfWhatWasNotIssuedDoesNotReachTheTop) {
    const auto made = latency_section(sample());
    const auto& curves = made.charts.at(0);
    EXPECT_EQ(last_share(curves, "queue"), 1);
    EXPECT_NEAR(last_share(curves, "spinlock"), 400.0 / 408, 1e-9);
    const auto& ends = curves.settings.at("ends").as_array();
    EXPECT_EQ(ends.at(1).at("missing"), "8 of 408 claims not issued");
    EXPECT_LT(curves.rows.size(), 1200U);
    double before = -1;
    for (const auto& row : curves.rows) {
        if (row.at(0) != "spinlock") continue;
        EXPECT_GE(row.at(2).to_number<double>(), before);
        before = row.at(2).to_number<double>();
    }
}

TEST(ReportSections, SecondsAreMediansOverTheRounds) {
    bench_results results = of_json(R"({"queue": [{}, {}, {}]})");
    const char* files[] = {
        R"({"dibs": {"seconds": [{"t": 0, "users": 1, "issued": 10, "claim_p95_ms": 1}]}})",
        R"({"dibs": {"seconds": [{"t": 0, "users": 1, "issued": 30, "claim_p95_ms": null}]}})",
        R"({"dibs": {"seconds": [{"t": 0, "users": 1, "issued": 11, "claim_p95_ms": 3}]}})"};
    for (std::size_t i = 0; i < 3; ++i) results.strategies[0].runs[i].file = boost::json::parse(files[i]);
    const auto made = over_time_section(results);
    EXPECT_EQ(made.charts.at(0).rows.at(0).at(3), 11);
    EXPECT_EQ(made.charts.at(1).rows.at(0).at(4), 2);
}

TEST(ReportSections, WaitsOfAllRoundsAreInTheOrderOfTime) {
    bench_results results = of_json(R"({"queue": [{}, {}]})");
    results.strategies[0].runs[0].file = boost::json::parse(
        R"({"dibs": {"fairness": {"overtaken_share": 0.25, "by_arrival": [{"t_s": 0, "wait_p50_ms": 1, "wait_max_ms": 9},
            {"t_s": 60, "wait_p50_ms": 2, "wait_max_ms": 3}]}}})");
    results.strategies[0].runs[1].file = boost::json::parse(
        R"({"dibs": {"fairness": {"overtaken_share": 0.5, "by_arrival": [{"t_s": 0.5, "wait_p50_ms": 3, "wait_max_ms": 4},
            {"t_s": 30, "wait_p50_ms": 5, "wait_max_ms": 6}]}}})");
    const auto made = fairness_section(results);
    const auto& rows = made.charts.at(0).rows;
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows.at(0).at(2), 2);  // of both rounds' first second
    EXPECT_EQ(rows.at(0).at(4), 9);
    EXPECT_EQ(rows.at(1).at(1), 30.5);
    EXPECT_EQ(rows.at(2).at(2), 2);
    EXPECT_EQ(made.tables.at(0).rows.at(1).at(1), "37.50 %");
}

TEST(ReportSections, BooksAddLoadAndSellOut) {
    const auto rows = books_section(sample()).tables.at(0).rows;
    EXPECT_EQ(rows.at(2).front(), "spinlock");
    EXPECT_EQ(rows.at(2).at(1), "NOT exact");
    EXPECT_EQ(rows.at(2).at(2), "800");
    EXPECT_EQ(rows.at(2).at(3), "801");
    EXPECT_EQ(rows.at(3).at(1), "exact");
    EXPECT_EQ(rows.at(3).back(), "400 of 400");
}

TEST(ReportSections, LockTimesAreOfThoseThatHaveALock) {
    const auto made = lock_section(sample());
    EXPECT_EQ(made.charts.at(0).rows.size(), 4U);
    EXPECT_THAT(made.charts.at(0).title, HasSubstr("spinlock"));
    EXPECT_EQ(made.charts.at(1).rows.at(1).at(1), 1);
}

TEST(ReportSections, CapacityIsRankedByItsMedian) {
    const auto made = capacity_section(sample());
    EXPECT_THAT(made.charts.at(0).title, HasSubstr("cas holds the most: 3,000 claims a second"));
    EXPECT_EQ(made.tables.at(0).rows.at(1).at(2), "2,700 to 3,300");
}

TEST(ReportSections, PublishedNumbersStandBesideOnesOwn) {
    const auto made = published_section(sample());
    EXPECT_EQ(made.tables.at(0).rows.at(1).at(3), "3.26 s");
    EXPECT_EQ(made.tables.at(0).rows.size(), 4U);
    EXPECT_THAT(made.paragraphs.at(0), HasSubstr("here users sign up as guests"));
}

TEST(ReportSections, FaultsBecomeAMatrix) {
    const auto rows = torture_section(sample()).tables.at(0).rows;
    EXPECT_THAT(rows.at(0), ElementsAre("Fault", "queue", "spinlock"));
    EXPECT_THAT(rows.at(2), ElementsAre("Redis loses its data", "–", "unsafe by design"));
}

TEST(ReportSections, WithoutDataEachSaysACommand) {
    const auto old = of_json(R"({"other": [{"claim_p95_ms": 5}]})");
    for (auto* const make : {latency_section, over_time_section, lock_section, capacity_section,
                             outcomes_section, cost_section, fairness_section, rounds_section,
                             published_section, torture_section, measure_section, claims_section}) {
        const auto made = make(old);
        EXPECT_THAT(made.missing, Not(IsEmpty())) << made.id;
        EXPECT_TRUE(made.charts.empty() && made.tables.empty()) << made.id;
    }
}

}  // namespace
}  // namespace dibs::report::html
