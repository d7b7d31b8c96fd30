// Where `dibs serve` takes its configuration from, and what it says of it.
#include "tests/support/serve_trial.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dibs::tests {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class serve_config : public testing::Test {
   protected:
    program_end check(const std::string& file, std::vector<std::string> words = {}, variables set = {}) {
        set.emplace_back("DIBS_CONFIG", file_in(box, "serve.toml", file));
        words.emplace_back("--check-config");
        return run_serve(box, std::move(words), set);
    }
    sandbox::supervisor box;
};

constexpr const char* servers = R"(
redis = "redis://localhost"
postgres = "postgresql://localhost/dibs"
)";

TEST_F(serve_config, takes_a_flag_before_a_variable_before_the_file_before_the_default) {
    const auto how = check(std::string(servers) + R"(
lease = "1s"   # a comment
wait = '1s'
stop-time = "1s"
pool = 5
access-log = true
coupon = ["a:A:1", "b:B:2"]
)",
                           {"--lease", "3s"},
                           {{"DIBS_LEASE", "2s"}, {"DIBS_WAIT", "2s"}, {"DIBS_STRATEGIES", "cas queue"}});
    EXPECT_EQ(how.status, 0) << how.errors;
    EXPECT_THAT(how.out, ContainsRegex("\nlease = '3000ms' +# --lease\n"));
    EXPECT_THAT(how.out, ContainsRegex("\nwait = '2000ms' +# DIBS_WAIT\n"));
    EXPECT_THAT(how.out, ContainsRegex("\nstop-time = '1000ms' +# .*/serve.toml:7\n"));
    EXPECT_THAT(how.out, ContainsRegex("\npool = 5 +# .*/serve.toml:8\n"));
    EXPECT_THAT(how.out, ContainsRegex("\naccess-log = true +# "));
    EXPECT_THAT(how.out, ContainsRegex("\nstrategies = \\['cas', 'queue'\\] +# DIBS_STRATEGIES\n"));
    EXPECT_THAT(how.out, ContainsRegex("\ncoupon = \\['a:[^']*:1', 'b:[^']*:2'\\] +# .*/serve.toml:10\n"));
    EXPECT_THAT(how.out, ContainsRegex("\nlog-level = 'warning' +# default\n"));
}

TEST_F(serve_config, says_everything_that_is_wrong_and_where) {
    const auto how = check(R"(redis = "http://localhost"
pol = 3
lease = "5"
wait = 1979-05-27
[serve]
)",
                           {"--strategies", "cas", "--metrics-address", "nowhere"},
                           {{"DIBS_POOL", "1"}, {"DIBS_STOP_TIEM", "5s"}, {"DIBS_SERVICE_HOST", "10.0.0.1"}});
    EXPECT_EQ(how.status, 2);
    for (const char* part :
         {"serve.toml:2: there is no setting pol: is pool meant?", "serve.toml:3: --lease",
          "serve.toml:4: wait must be", "serve.toml:5: there are no tables", "DIBS_POOL: --pool",
          "DIBS_STOP_TIEM is not read: is DIBS_STOP_TIME meant?", "redis: ", "--postgres is missing",
          "queue is not among the strategies", "metrics-address: "})
        EXPECT_THAT(how.errors, HasSubstr(part));
    EXPECT_THAT(how.errors, Not(HasSubstr("SERVICE_HOST")));
}

TEST_F(serve_config, says_what_could_not_serve) {
    const auto how = check("lease = '5ms'\nredlock = ['redis://a', 'redis://b']\naddress = 'nonsense'\n",
                           {"--redis", "redis://localhost", "--postgres", "postgresql://localhost/dibs"},
                           {{"DIBS_TOKEN_KEY", ""}});
    EXPECT_EQ(how.status, 2);
    for (const char* part : {"lease: ", "10 ms to 24 hours", "redlock: ", "an odd number",
                             "address: ", "give an IPv4 or IPv6 address"})
        EXPECT_THAT(how.errors, HasSubstr(part));
    EXPECT_THAT(how.errors, Not(HasSubstr("32"))) << "an empty variable is not set";
}

TEST_F(serve_config, says_where_a_file_is_no_toml) {
    const auto how = check("port = 1\nport = \n");
    EXPECT_EQ(how.status, 2);
    EXPECT_THAT(how.errors, HasSubstr("serve.toml:2"));
    const auto away = run_serve(box, {"--config", "/nowhere.toml", "--check-config"});
    EXPECT_EQ(away.status, 2);
    EXPECT_THAT(away.errors, HasSubstr("/nowhere.toml"));
}

TEST_F(serve_config, takes_characters_beyond_ascii_in_comments_and_escapes_alone) {
    const auto good = check(std::string("\xef\xbb\xbf") + servers + "address = \"\\u00e9\"  # \xc3\xa9 '\n");
    EXPECT_THAT(good.out, HasSubstr("\naddress = \"\\u00E9\" "));
    for (const std::string bad : {"address = \"\xc3\xa9\"\n", "\xc3\xa9 = 1\n", "pool = \xc3\xa9\n"}) {
        const auto how = check("# one\n\n" + bad);
        EXPECT_EQ(how.status, 2);
        EXPECT_THAT(how.errors, HasSubstr("serve.toml:3: write characters beyond ASCII as"));
    }
}

TEST_F(serve_config, has_nothing_against_the_example) {
    const auto how =
        run_serve(box, {"--config", DIBS_TEST_DATA "/../../packaging/serve.toml", "--check-config"});
    EXPECT_EQ(how.status, 0) << how.errors;
}

TEST_F(serve_config, refuses_a_sandbox_beside_servers_wherever_they_are_named) {
    const auto how = check(servers, {"--sandbox"});
    EXPECT_EQ(how.status, 2);
    EXPECT_THAT(how.errors, HasSubstr("leave out redis"));
}

TEST_F(serve_config, shows_no_secret) {
    const std::string key(32, 'k');
    const auto how = check(
        "redis = 'redis://:geheim@localhost'\ncoupon = 't:geheim:1'\n"
        "redlock = ['redis://u:geheim@a', 'redis://u:geheim@b', 'redis://u:geheim@c']\n",
        {"--postgres", "host=h password='ge heim' user=u"}, {{"DIBS_TOKEN_KEY", key}});
    EXPECT_EQ(how.status, 0) << how.errors;
    const auto wrong = check("redis = \"redis:/geheim\"\n", {"--postgres", "password=geheim'"},
                             {{"DIBS_TOKEN_KEY", "geheim"}});
    EXPECT_EQ(wrong.status, 2);
    std::vector<std::string> all{how.out, how.errors, wrong.out, wrong.errors};
    for (const char* spec : {"t:geheim:5o0", "t:5:geheim", "t:ge:heim", "t:geheim", "geheim"}) {
        const auto refused = check("", {"--coupon", spec}, {{"DIBS_TOKEN_KEY", key}});
        EXPECT_EQ(refused.status, 2) << spec;
        all.insert(all.end(), {refused.out, refused.errors});
    }
    for (const auto& said : all) {
        EXPECT_THAT(said, Not(HasSubstr("heim")));
        EXPECT_THAT(said, Not(HasSubstr(key)));
    }
}

}  // namespace
}  // namespace dibs::tests
