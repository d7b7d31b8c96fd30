// `dibs load` as its users see it.
#include "sandbox/supervisor.hpp"
#include "tests/support/coupon_stand_in.hpp"
#include "tests/support/processes.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <fstream>
#include <mutex>
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

    /// So many in all since the start; to be prepared with count_claims() before serve().
    void count_claims() {
        service.on_claim = [this] {
            const std::lock_guard lock(counting);
            ++claims;
            claimed.notify_all();
        };
    }
    bool wait_for_claims(std::size_t wanted) {
        std::unique_lock lock(counting);
        return claimed.wait_for(lock, 30s, [&] { return claims >= wanted; });
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
    std::mutex counting;
    std::condition_variable claimed;
    std::size_t claims = 0;
};

TEST_F(dibs_load, sums_a_good_run_up_as_k6_does) {
    serve();
    const ended how = run({"--vus", "2", "--duration", "1500ms", "--summary-export", file(), "--seed", "7"});
    EXPECT_EQ(how.status, 0) << how.errors;
    EXPECT_THAT(how.out, HasSubstr("✓ 'rate>0.8' rate=100.00%"));
    EXPECT_THAT(how.out, HasSubstr("✓ coupon issue has userCoupon"));
    EXPECT_THAT(how.out, HasSubstr("    vus_max........................: 2 "));
    EXPECT_THAT(how.errors, HasSubstr("strategy queue, seed 7"));
    const auto written = json();
    const auto& metrics = written.at("metrics");
    EXPECT_EQ(metrics.at("http_req_duration").at("thresholds").at("p(95)<2000"), false);
    EXPECT_EQ(metrics.at("vus").at("max"), 2);  // its last value may be that of users who are finishing
    const auto& about = written.at("dibs");
    EXPECT_EQ(about.at("strategy"), "queue");
    EXPECT_EQ(about.at("claims").at("issued"), metrics.at("iterations").at("count"));
    EXPECT_GE(about.at("generator").at("lag_p99_ms").as_double(), 0);
    EXPECT_TRUE(about.at("generator").at("was_bottleneck").is_bool());
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
    count_claims();
    serve();
    auto one = start({"--vus", "1", "--duration", "1h", "--summary-export", file()});
    ASSERT_TRUE(wait_for_claims(3));
    one.signal(SIGINT);
    const ended how = end_of(one);
    EXPECT_EQ(how.status, 105);
    EXPECT_THAT(how.out, HasSubstr("iterations"));
    EXPECT_THAT(how.errors, HasSubstr("interrupted"));
    EXPECT_EQ(json().at("dibs").at("interrupted"), true);
}

TEST_F(dibs_load, an_interrupt_exits_105_even_if_a_threshold_was_crossed) {
    service.claims.assign(10'000, answer(409, "sold-out"));
    count_claims();
    serve();
    auto one = start({"--vus", "1", "--duration", "1h"});
    ASSERT_TRUE(wait_for_claims(2));  // the first was answered
    one.signal(SIGTERM);
    const ended how = end_of(one);
    EXPECT_EQ(how.status, 105);
    EXPECT_THAT(how.errors, HasSubstr("thresholds have been crossed: coupon_issue_success_rate 'rate>0.8'"));
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
        {"--rate", "500", "--duration", "1s"},
        {"--rate", "0/s", "--duration", "1s"},
        {"--duration", "1s"},
        {"--max-users", "5", "--vus", "1", "--duration", "100ms"},
        {"--accept-bottleneck", "--vus", "1", "--duration", "100ms"},
        {"--ramp-rate", "10s"},
        {"--abort-threshold", "http_reqs:count", "--vus", "1", "--duration", "1s"},
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
                                                      {"--rate", "5/s"},
                                                      {"--rate", "5/s", "--ramp-rate", "1s:5/s"},
                                                      {"--rate", "5/s", "--duration", "1s", "--vus", "1"},
                                                      {"--ramp-rate", "1s:5/s", "--stage", "1s:1"},
                                                      {"--start-rate", "5/s"},
                                                      {"--delay-abort-eval", "5s"},
                                                      {"--scenario", "other"},
                                                      {"stray"}};
    for (const auto& words : wrong) EXPECT_EQ(run(words).status, 2) << testing::PrintToString(words);
}

TEST_F(dibs_load, keeps_a_rate_and_says_what_it_dropped) {
    serve();
    const ended how =
        run({"--rate", "6000/m", "--duration", "1500ms", "--max-users", "7", "--accept-bottleneck",
             "--summary-export", file(), "--threshold", "intended_claim_duration:p(99)<60000"});
    EXPECT_EQ(how.status, 0) << how.errors;
    const auto written = json();
    const auto& metrics = written.at("metrics");
    const auto count = [&](const char* name) { return metrics.at(name).at("count").to_number<int>(); };
    // An iteration pauses for 200 to 700 ms.
    EXPECT_GE(count("dropped_iterations"), 150 - 8 * 7);
    EXPECT_EQ(count("iterations") + count("dropped_iterations"), 150);
    EXPECT_EQ(metrics.at("vus_max").at("max"), 7);
    EXPECT_EQ(metrics.at("intended_claim_duration").at("thresholds").at("p(99)<60000"), false);
    const auto& scenario = written.at("dibs").at("scenario");
    EXPECT_EQ(scenario.at("executor"), "constant-arrival-rate");
    EXPECT_EQ(scenario.at("max_vus"), 7);
    EXPECT_THAT(how.out, HasSubstr("    dropped_iterations"));
    EXPECT_THAT(how.errors, HasSubstr("iterations never began"));
}

TEST_F(dibs_load, a_generator_that_did_not_keep_the_rate_fails_unless_that_is_accepted) {
    count_claims();
    serve();
    std::size_t before = 0;
    for (const bool accepted : {false, true}) {
        std::vector<std::string> words{"--ramp-rate", "300ms:100/s", "--no-thresholds"};
        if (accepted) words.emplace_back("--accept-bottleneck");
        auto one = start(words);
        ASSERT_TRUE(wait_for_claims(before + 1));
        one.signal(SIGSTOP);
        std::this_thread::sleep_for(500ms);  // what the generator is late
        one.signal(SIGCONT);
        const ended how = end_of(one);
        EXPECT_EQ(how.status, accepted ? 0 : 1) << how.errors;
        EXPECT_THAT(how.errors, HasSubstr("the machine was too busy to run the load generator in time"));
        EXPECT_EQ(how.errors.find("the rate asked for was not kept") == std::string::npos, accepted);
        const std::lock_guard lock(counting);
        before = claims;
    }
}

TEST_F(dibs_load, a_threshold_can_end_the_run) {
    service.claims.assign(10'000, answer(409, "sold-out"));
    serve();
    const ended how =
        run({"--vus", "1", "--duration", "1h", "--abort-threshold", "coupon_issue_success_rate:rate>0.5",
             "--delay-abort-eval", "1s", "--summary-export", file()});
    EXPECT_EQ(how.status, 99);
    EXPECT_THAT(how.errors, HasSubstr("ended early"));
    EXPECT_THAT(how.out, HasSubstr("✗ 'rate>0.5' rate=0.00%"));
    EXPECT_EQ(json().at("dibs").at("aborted"), true);
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
