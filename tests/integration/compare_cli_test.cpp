// `dibs compare`, `dibs stats --compare` and `dibs completion` as their users see them.
#include "tests/support/run_program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace dibs::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class two_benches : public testing::Test {
   protected:
    program_end dibs(std::vector<std::string> words) {
        return run_program(box, DIBS_PROGRAM, std::move(words));
    }

    /// A folder as dibs bench writes it, of two strategies in as many rounds as there are factors of time.
    std::string bench(const std::string& name, const std::vector<double>& factors) {
        const auto folder = box.folder() / name;
        std::filesystem::create_directory(folder);
        for (std::size_t i = 0; i < factors.size(); ++i)
            for (const auto& [strategy, p95] : {std::pair("queue", 10.0), std::pair("cas", 8.0)})
                std::ofstream(folder / fmt::format("round-{:02}-{}.json", i + 1, strategy)) << fmt::format(
                    R"json({{"metrics": {{"coupon_issue_success_rate": {{"value": 1}},
                                          "http_req_duration": {{"p(95)": {}}}}},
                             "dibs": {{"strategy": "{}", "round": {}, "claim_p95_ms": {}}}}})json",
                    p95 * factors[i], strategy, i + 1, p95 * factors[i] + static_cast<double>(i % 2) / 10);
        std::ofstream(folder / "summary.json") << R"({"profile": "quick", "strategies": {}})";
        std::ofstream(folder / "capacity.json") << R"({"strategies": {}})";
        return folder;
    }

    sandbox::supervisor box;
};

TEST_F(two_benches, are_compared_figure_by_figure) {
    const auto before = bench("before", {1, 1.02, 0.98, 1.01});
    const auto after = bench("after", {1.3, 1.32, 1.27, 1.31});
    const auto file = (box.folder() / "change.json").native();
    const auto ended = dibs({"compare", "--json", file, before, after});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("| queue "), HasSubstr("claim_p95_ms"), HasSubstr("worse"),
                                 HasSubstr("no difference seen")));
    std::ifstream written(file);
    const auto json = boost::json::parse(std::string(std::istreambuf_iterator<char>(written), {}));
    EXPECT_EQ(json.at_pointer("/strategies/0/metrics/p95_ms/verdict").as_string(), "worse");
    EXPECT_EQ(boost::json::parse(dibs({"compare", "--format", "json", before, after}).out), json);
}

TEST_F(two_benches, fail_a_gate_only_for_a_regression) {
    const auto before = bench("before", {1, 1.02, 0.98, 1.01});
    const auto after = bench("after", {1.3, 1.32, 1.27, 1.31});
    const auto beyond = dibs({"compare", "--max-regression", "10%", before, after});
    EXPECT_EQ(beyond.status, 99);
    EXPECT_THAT(beyond.errors, HasSubstr("p95_ms of queue is worse by 29."));
    EXPECT_EQ(dibs({"compare", "--max-regression", "0.4", before, after}).status, 0);
    EXPECT_EQ(dibs({"compare", "--max-regression", "0%", after, before}).status, 0);
    EXPECT_EQ(dibs({"compare", "--max-regression", "0%", before, before}).status, 0);
    const auto single = bench("single", {1});
    EXPECT_EQ(dibs({"compare", single, single}).status, 0);
    EXPECT_EQ(dibs({"compare", "--max-regression", "10%", single, single}).status, 99);
}

TEST_F(two_benches, say_what_is_wrong_with_a_folder) {
    const auto good = bench("good", {1, 1});
    const auto missing = dibs({"compare", good, "/no/such/folder"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.errors, HasSubstr("/no/such/folder"));
    const auto empty = box.folder() / "empty";
    std::filesystem::create_directory(empty);
    EXPECT_THAT(dibs({"compare", good, empty}).errors, HasSubstr("no run's JSON file"));
    std::ofstream(std::filesystem::path(good) / "summary.json") << "{";
    const auto damaged = dibs({"compare", good, good});
    EXPECT_EQ(damaged.status, 1);
    EXPECT_THAT(damaged.errors, HasSubstr("summary.json"));
    EXPECT_EQ(dibs({"compare", "--max-regression", "ten", good, good}).status, 2);
    EXPECT_EQ(dibs({"compare", "--confidence", "95", good, good}).status, 2);
    // said before the work, that is, before the folder
    EXPECT_THAT(dibs({"compare", "--json", "/no/such/a.json", good, "/no/such/folder"}).errors,
                HasSubstr("cannot write /no/such/a.json"));
    EXPECT_THAT(dibs({"stats", "--json", "/no/such/a.json", "/no/such/folder"}).errors,
                HasSubstr("cannot write /no/such/a.json"));
    EXPECT_EQ(dibs({"compare", good}).status, 2);
}

TEST_F(two_benches, are_each_compared_within_by_stats) {
    const auto folder = bench("one", {1, 1.02, 0.98, 1.01});
    const auto ended = dibs({"stats", "--compare", folder});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("p95 of requests"), HasSubstr("p95 of claims"),
                                 HasSubstr("cas has the lowest")));
    const auto json = boost::json::parse(dibs({"stats", "--compare", "--format", "json", folder}).out);
    EXPECT_EQ(json.at_pointer("/comparisons/1/metric").as_string(), "claim_p95_ms");
    EXPECT_EQ(json.at_pointer("/comparisons/0/rounds").to_number<int>(), 4);
    EXPECT_EQ(dibs({"stats", "--compare", "--format", "csv", folder}).status, 2);
}

class completion : public testing::Test {
   protected:
    /// What bash offers behind these words, the last of which is being typed.
    std::string offered(const std::vector<std::string>& words) {
        std::string list;
        for (const auto& word : words) list += fmt::format("'{}' ", word);
        const auto script = fmt::format(
            "source <({} completion bash)\nCOMP_WORDS=({})\nCOMP_CWORD={}\n_dibs\nprintf '%s\\n' "
            "\"${{COMPREPLY[@]}}\"\n",
            DIBS_PROGRAM, list, words.size() - 1);
        const auto ended = run_program(box, "/bin/bash", {"-c", script});
        EXPECT_EQ(ended.status, 0) << ended.errors;
        EXPECT_EQ(ended.errors, "");
        return ended.out;
    }

    sandbox::supervisor box;
};

TEST_F(completion, of_bash_knows_subcommands_options_and_values) {
    EXPECT_EQ(offered({"dibs", "comp"}), "compare\ncompletion\n");
    EXPECT_EQ(offered({"dibs", "stats", "--comp"}), "--compare\n");
    EXPECT_EQ(offered({"dibs", "stats", "--format", ""}), "md\ncsv\njson\n");
    EXPECT_EQ(offered({"dibs", "bench", "--strategies", "que"}), "queue\n");
    EXPECT_EQ(offered({"dibs", "completion", "f"}), "fish\n");
    EXPECT_EQ(offered({"dibs", "stats", "--json", ""}), "\n");  // any file
    EXPECT_EQ(offered({"dibs", "stats", "x"}), "\n");
    EXPECT_THAT(offered({"dibs", ""}), testing::Not(HasSubstr("claims-load")));  // not for people
}

TEST_F(completion, has_a_script_for_each_shell_and_no_other) {
    EXPECT_THAT(run_program(box, DIBS_PROGRAM, {"completion", "zsh"}).out,
                AllOf(HasSubstr("#compdef dibs"), HasSubstr("'stats --format') _dibs_values 'md csv json'"),
                      HasSubstr("if [[ $funcstack[1] == _dibs ]]; then _dibs \"$@\"; fi\n")));
    EXPECT_THAT(run_program(box, DIBS_PROGRAM, {"completion", "fish"}).out,
                HasSubstr("-l format -r -f -a 'md csv json'"));
    EXPECT_EQ(run_program(box, DIBS_PROGRAM, {"completion", "tcsh"}).status, 2);
}

}  // namespace
}  // namespace dibs::tests
