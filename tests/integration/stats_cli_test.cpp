// `dibs stats` as its users see it; its parsers have tests of their own.
#include "tests/support/k6_texts.hpp"
#include "tests/support/run_program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include <fstream>

namespace dibs::tests {
namespace {

using test::k6_summary;
using testing::AllOf;
using testing::HasSubstr;

class dibs_stats : public testing::Test {
   protected:
    program_end stats(std::vector<std::string> words) {
        words.insert(words.begin(), "stats");
        return run_program(box, DIBS_PROGRAM, std::move(words));
    }
    std::string file(const std::string& name, const std::string& text) {
        const auto path = box.folder() / name;
        std::ofstream(path) << text;
        return path;
    }

    sandbox::supervisor box;
};

TEST_F(dibs_stats, prints_a_strategys_runs_from_a_file_each) {
    const auto one = file("one.txt", k6_summary("90.00%", "1s"));
    const auto two = file("two.txt", k6_summary("80.00%", "3s"));
    const auto by_option = stats({"--format", "csv", "--strategy", "queue", one, two});
    EXPECT_EQ(by_option.status, 0) << by_option.errors;
    EXPECT_THAT(by_option.out, AllOf(HasSubstr("strategy,metric,n,mean,sd,ci_lower,ci_upper\n"),
                                     HasSubstr("queue,success_rate_pct,2,85.00,7.07,"),
                                     HasSubstr("queue,duration_s,2,2.00,1.41,")));
    EXPECT_EQ(stats({"--format", "csv", "queue=" + one, "queue=" + two}).out, by_option.out);
}

TEST_F(dibs_stats, speaks_markdown_json_and_korean_at_any_confidence) {
    const auto one = file("one.txt", k6_summary("90.00%", "1s"));
    const auto two = file("two.txt", k6_summary("80.00%", "3s"));
    const auto english = stats({"--strategy", "queue", one, two});
    EXPECT_THAT(english.out, HasSubstr("| **queue** "));
    const auto korean = stats({"--strategy", "queue", "--lang", "ko", one, two});
    EXPECT_EQ(korean.status, 0);
    EXPECT_NE(korean.out, english.out);
    EXPECT_NE(stats({"--strategy", "queue", "--confidence", "0.5", one, two}).out, english.out);
    EXPECT_NO_THROW(boost::json::parse(stats({"--strategy", "queue", "--format", "json", one, two}).out));
}

TEST_F(dibs_stats, names_file_and_line_of_what_it_cannot_read) {
    const auto good = k6_summary("90.00%", "1s");
    const std::vector<std::pair<std::string, std::string>> spoilt{
        {"truncated.txt", good.substr(0, good.size() / 2)},
        {"no-threshold.txt", good.substr(good.find("  █ TOTAL RESULTS"))},
        {"no-run.txt", "nothing of k6 is here\n"},
        {"unit.txt", test::with(good, "max=1m2s p(90)=2.72s p(95)=3.34s\n      {",
                                "max=1parsec p(90)=2.72s p(95)=3.34s\n      {")},
        {"latin1.txt", test::with(good, "coupon issue status", "co\xfbpon issue status")}};
    for (const auto& [name, text] : spoilt) {
        const auto path = file(name, text);
        const auto ended = stats({"--strategy", "queue", path});
        EXPECT_EQ(ended.status, 1) << name << ended.out;
        EXPECT_EQ(ended.out, "") << name;
        EXPECT_THAT(ended.errors, testing::ContainsRegex(name + "(:[0-9]+)?: ")) << name;
    }
    const auto missing = stats({"/no/such/file"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.errors, HasSubstr("/no/such/file"));
}

TEST_F(dibs_stats, refuses_options_that_mean_nothing) {
    for (const auto& wrong : std::vector<std::vector<std::string>>{
             {}, {"--format", "xml", "x"}, {"--confidence", "95", "x"}, {"--lang", "fr", "x"}}) {
        EXPECT_EQ(stats(wrong).status, 2);
    }
}

}  // namespace
}  // namespace dibs::tests
