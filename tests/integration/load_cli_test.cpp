// `dibs load` as its users see it.
#include "sandbox/supervisor.hpp"
#include "tests/support/coupon_stand_in.hpp"
#include "tests/support/processes.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <future>
#include <sstream>
#include <thread>

namespace dibs::load {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using tests::answer;

class dibs_load : public testing::Test {
   protected:
    struct ended {
        int status = -1;
        std::string out;
        std::string errors;
    };

   public:
    ~dibs_load() override {
        io.stop();
        if (serving.joinable()) serving.join();
    }

   protected:
    /// From here on the service answers, in a thread of its own; prepare its answers before.
    void serve() {
        serving = std::thread([this] { io.run(); });
    }

    sandbox::process start(std::vector<std::string> words) {
        if (std::ranges::find(words, "--url") == words.end())
            words.insert(words.begin(), {"--url", service.address().describe()});
        words.insert(words.begin(), "load");
        sandbox::program dibs(DIBS_PROGRAM, std::move(words));
        dibs.standard_output = sandbox::output::pipe();
        dibs.standard_error = sandbox::output::pipe();
        return box.start(dibs);
    }

    static ended end_of(sandbox::process& one) {
        ended how;
        how.status = tests::end_of(one).code().value_or(-1);
        how.out = one.read_all(sandbox::clock::now() + 10s);
        how.errors = one.read_all_errors(sandbox::clock::now() + 10s);
        return how;
    }

    ended run(std::vector<std::string> words) {
        auto one = start(std::move(words));
        return end_of(one);
    }

    std::string file() const { return box.folder() / "run.json"; }

    boost::json::value json() const {
        std::ifstream in(file());
        std::ostringstream text;
        text << in.rdbuf();
        return boost::json::parse(text.str());
    }

    std::size_t files() const {
        const std::filesystem::directory_iterator all(box.folder());
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }

    sandbox::supervisor box;  // forks: before the thread
    asio::io_context io{1};
    tests::coupon_stand_in service{io};
    std::thread serving;
};

TEST_F(dibs_load, sums_a_good_run_up_as_k6_does) {
    serve();
    const ended how = run({"--vus", "2", "--duration", "1500ms", "--summary-export", file(), "--seed", "7"});
    EXPECT_EQ(how.status, 0) << how.errors;
    EXPECT_THAT(how.out, HasSubstr("✓ 'rate>0.8' rate=100.00%"));
    EXPECT_THAT(how.out, HasSubstr("✓ coupon issue has userCoupon"));
    EXPECT_THAT(how.out, HasSubstr("    vus............................: 2 "));
    EXPECT_THAT(how.errors, HasSubstr("strategy queue, seed 7"));
    const auto written = json();
    const auto& metrics = written.at("metrics");
    EXPECT_EQ(metrics.at("http_req_duration").at("thresholds").at("p(95)<2000"), false);
    EXPECT_EQ(metrics.at("vus_max").at("max"), 2);
    const auto& about = written.at("dibs");
    EXPECT_EQ(about.at("strategy"), "queue");
    EXPECT_EQ(about.at("claims").at("issued"), metrics.at("iterations").at("count"));
    EXPECT_GE(about.at("generator").at("lag_p99_ms").as_double(), 0);
    EXPECT_EQ(files(), 1U);
}

TEST_F(dibs_load, crossed_thresholds_are_told_and_exit_99) {
    service.claims.assign(10'000, answer(409, "sold-out"));
    serve();
    const ended how = run({"--vus", "1", "--duration", "100ms"});
    EXPECT_EQ(how.status, 99);
    EXPECT_THAT(how.out, HasSubstr("✗ 'rate>0.8' rate=0.00%"));
    EXPECT_THAT(how.errors, HasSubstr("thresholds have been crossed: coupon_issue_success_rate 'rate>0.8'"));
    EXPECT_EQ(run({"--vus", "1", "--duration", "100ms", "--no-thresholds"}).status, 0);
}

TEST_F(dibs_load, given_thresholds_replace_the_published_ones) {
    serve();
    const ended how =
        run({"--vus", "1", "--duration", "100ms", "--threshold", "http_req_duration{name:claim}:p(95)<60000",
             "--threshold", "iterations:count>100000"});
    EXPECT_EQ(how.status, 99);
    EXPECT_THAT(how.out, HasSubstr("{name:claim}"));
    EXPECT_THAT(how.out, Not(HasSubstr("rate>0.8")));
    EXPECT_THAT(how.errors, HasSubstr("iterations 'count>100000'"));
}

TEST_F(dibs_load, the_first_failure_is_shown) {
    service.claims.assign(10'000, answer(404, "unknown-coupon"));
    serve();
    EXPECT_THAT(run({"--vus", "1", "--duration", "100ms"}).errors,
                HasSubstr("the first failed request: claim: 404"));
}

TEST_F(dibs_load, an_interrupt_keeps_what_there_is_and_exits_105) {
    std::promise<void> claimed;
    std::size_t claims = 0;
    service.on_claim = [&] {
        if (++claims == 3) claimed.set_value();
    };
    serve();
    auto one = start({"--vus", "1", "--duration", "1h", "--summary-export", file()});
    ASSERT_EQ(claimed.get_future().wait_for(30s), std::future_status::ready);
    one.signal(SIGINT);
    const ended how = end_of(one);
    EXPECT_EQ(how.status, 105);
    EXPECT_THAT(how.out, HasSubstr("iterations"));
    EXPECT_THAT(how.errors, HasSubstr("interrupted"));
    EXPECT_EQ(json().at("dibs").at("interrupted"), true);
}

TEST_F(dibs_load, nobody_there_is_told_with_what_to_do) {
    const std::string url = "http://127.0.0.1:1";
    const ended how = run({"--url", url, "--summary-export", file()});
    EXPECT_EQ(how.status, 1);
    EXPECT_THAT(how.errors, HasSubstr(url));
    EXPECT_THAT(how.errors, HasSubstr("dibs serve --sandbox"));
    EXPECT_THAT(how.out, IsEmpty());
    EXPECT_EQ(files(), 0U);
}

TEST_F(dibs_load, wrong_configurations_exit_104) {
    const std::vector<std::vector<std::string>> wrong{
        {"--stage", "10s"},
        {"--stage", "1s:0", "--start-vus", "0"},
        {"--vus", "1", "--duration", "soon"},
        {"--threshold", "nonsense:rate>1"},
        {"--threshold", "http_req_duration:p(95)"},
        {"--threshold", "http_req_duration:rate>1"},
        {"--url", "https://localhost"},
        {"--summary-export", "/nowhere/at/all.json"},
        {"--summary-export", box.folder()},
    };
    for (const auto& words : wrong) {
        const ended how = run(words);
        EXPECT_EQ(how.status, 104) << testing::PrintToString(words);
        EXPECT_THAT(how.errors, HasSubstr("dibs load: ")) << testing::PrintToString(words);
    }
    EXPECT_EQ(files(), 0U);
}

TEST_F(dibs_load, wrong_flags_exit_2) {
    const std::vector<std::vector<std::string>> wrong{{"--bogus"},
                                                      {"--vus", "1"},
                                                      {"--vus", "x", "--duration", "1s"},
                                                      {"--stage", "1s:1", "--vus", "1", "--duration", "1s"},
                                                      {"--scenario", "other"},
                                                      {"stray"}};
    for (const auto& words : wrong) EXPECT_EQ(run(words).status, 2) << testing::PrintToString(words);
}

TEST_F(dibs_load, quiet_says_nothing_but_the_summary) {
    serve();
    const ended how = run({"--vus", "1", "--duration", "300ms", "--quiet"});
    EXPECT_EQ(how.status, 0);
    EXPECT_THAT(how.errors, Not(HasSubstr("seed")));
    EXPECT_THAT(how.out, HasSubstr("TOTAL RESULTS"));
}

}  // namespace
}  // namespace dibs::load
