// What is made of what torture saw.
#include "torture/orders.hpp"
#include "torture/suite.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace dibs::torture {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

cell seen(algorithm kind, trouble what) {
    cell one;
    one.kind = kind;
    one.what = what;
    one.lease = 1000ms;
    one.recovery = 5ms;
    return one;
}

TEST(torture_verdict, an_overlap_breaks_a_promise_only_where_there_is_one) {
    auto one = seen(algorithm::queue, trouble::holder_killed);
    EXPECT_EQ(judge(one), verdict::kept);
    one.overlaps = 1;
    EXPECT_EQ(judge(one), verdict::violated);
    one.what = trouble::holder_paused;
    EXPECT_EQ(judge(one), verdict::unsafe_by_design);
    one.overlaps = 0;
    EXPECT_EQ(judge(one), verdict::not_provoked);
}

TEST(torture_verdict, a_fence_is_safe_in_spite_of_overlaps_but_not_of_a_stale_write) {
    auto one = seen(algorithm::fencing, trouble::holder_paused);
    one.overlaps = 5;
    one.stale_writes_offered = 5;
    EXPECT_EQ(judge(one), verdict::kept);
    one.stale_writes_accepted = 1;
    EXPECT_EQ(judge(one), verdict::violated);
}

TEST(torture_verdict, what_is_promised_always_fails_everywhere) {
    auto one = seen(algorithm::queue, trouble::holder_paused);
    one.overlaps = 1;
    one.broken = {"two owners had one token"};
    EXPECT_EQ(judge(one), verdict::violated);
    EXPECT_TRUE(is_failure(judge(one)));
}

TEST(torture_verdict, a_lock_recovers_within_its_lease_and_a_second) {
    auto one = seen(algorithm::queue, trouble::holder_killed);
    one.recovery = 2000ms;
    EXPECT_EQ(judge(one), verdict::kept);
    one.recovery = 2001ms;
    EXPECT_EQ(judge(one), verdict::not_recovered);
    one.recovery.reset();
    EXPECT_EQ(judge(one), verdict::not_recovered);
    EXPECT_TRUE(is_failure(judge(one)));
}

TEST(torture_matrix, shows_what_was_seen_and_nothing_else) {
    auto unsafe = seen(algorithm::queue, trouble::flushall);
    unsafe.overlaps = 3;
    auto broken = seen(algorithm::fencing, trouble::holder_killed);
    broken.overlaps = 1;
    broken.broken = {"tokens of grants grow (2 times): …"};
    const auto text = matrix_text({unsafe, broken});
    EXPECT_THAT(text, HasSubstr("| flushall      | unsafe by design (3 overlaps, 0 stale) | -"));
    EXPECT_THAT(text, HasSubstr("VIOLATED (1 overlaps, 0 stale)"));
    EXPECT_THAT(text, HasSubstr("fencing under holder-killed: tokens of grants grow (2 times)"));
    EXPECT_EQ(text.find("redlock"), std::string::npos);

    const auto json = boost::json::parse(matrix_json({unsafe, broken}));
    const auto& first = json.at("matrix").at(0);
    EXPECT_EQ(first.at("algorithm").as_string(), "queue");
    EXPECT_EQ(first.at("fault").as_string(), "flushall");
    EXPECT_EQ(first.at("overlaps").to_number<int>(), 3);
    EXPECT_EQ(first.at("recovery_ms").to_number<int>(), 5);
    EXPECT_EQ(first.at("expected").as_string(), "unsafe");
    EXPECT_EQ(first.at("verdict").as_string(), "unsafe by design");
}

TEST(torture_suite, quick_has_sixteen_cells_and_the_whole_has_every_promise) {
    std::size_t cells = 0;
    for (const auto& round : quick_rounds({})) {
        cells += round.kinds.size();
        for (const auto kind : round.kinds) EXPECT_TRUE(promise_of(kind, round.what));
    }
    EXPECT_EQ(cells, 16U);
    std::size_t promises = 0;
    std::size_t all = 0;
    for (const auto what : all_troubles)
        for (const auto kind : all_algorithms) promises += promise_of(kind, what) ? 1 : 0;
    for (const auto& round : rounds_of({})) all += round.kinds.size();
    EXPECT_EQ(all, promises);
    EXPECT_GT(all, 50U);
}

TEST(torture_suite, asks_only_for_what_was_wanted) {
    suite_plan plan;
    plan.kinds = {algorithm::redlock};
    plan.troubles = {trouble::flushall, trouble::masters_hung};
    const auto rounds = rounds_of(plan);
    ASSERT_EQ(rounds.size(), 1U);
    EXPECT_EQ(rounds[0].what, trouble::masters_hung);
}

TEST(torture_orders, are_read_as_they_are_written) {
    orders told;
    told.kind = algorithm::redlock;
    told.servers.redis = "redis://one";
    told.servers.masters = {"redis://two", "redis://three"};
    told.resource = "postgresql://resource";
    told.prefix = "prefix";
    told.long_hold = 3000ms;
    told.lease = 700ms;
    told.seed = 42;
    told.history = "/folder";
    const auto read = orders_from(to_json(told));
    EXPECT_EQ(to_json(read), to_json(told));
    EXPECT_EQ(read.long_hold, told.long_hold);
    EXPECT_EQ(read.servers.masters, told.servers.masters);
}

TEST(torture_contract, servers_forget_where_a_holder_who_did_nothing_wrong_may_get_company) {
    EXPECT_TRUE(servers_forget(trouble::failover));
    EXPECT_TRUE(servers_forget(trouble::clocks_forward));
    EXPECT_FALSE(servers_forget(trouble::holder_paused)) << "it was the holder";
    EXPECT_FALSE(servers_forget(trouble::clock_backward));
    EXPECT_FALSE(servers_forget(trouble::none));
}

TEST(torture_trouble, words_are_read_as_they_are_written) {
    for (const auto what : all_troubles) EXPECT_EQ(trouble_from(to_string(what)), what);
    EXPECT_EQ(trouble_from("unknown"), std::nullopt);
}

}  // namespace
}  // namespace dibs::torture
