#include "page/feed.hpp"
#include "tests/support/run_task.hpp"

#include <dibs/error.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace dibs::page {
namespace {

using namespace std::chrono_literals;
using tests::run_task;

/// A view that counts how often it is looked at.
struct counted_view {
    std::string text = "first";
    int looks = 0;
    bool away = false;

    task<std::string> look() {
        ++looks;
        if (away) throw error(fault::unavailable, "postgres", "coupons", "it is away");
        co_return text;
    }
};

class page_feed : public testing::Test {
   protected:
    std::unique_ptr<feed> make(feed_limits limits) {
        return std::make_unique<feed>(
            io.get_executor(), [this] { return view.look(); }, limits);
    }
    std::string next(const std::shared_ptr<feed::listener>& of) { return run_task(io, of->next()); }

    asio::io_context io{1};
    counted_view view;
};

TEST_F(page_feed, shows_each_listener_what_there_is_and_then_what_changes) {
    const auto shared = make({.listeners = 10, .pace = 1ms});
    const auto early = shared->join({});
    EXPECT_EQ(next(early), "data: first\n\n");
    const auto late = shared->join({});
    EXPECT_EQ(next(late), "data: first\n\n");
    view.text = "second";
    EXPECT_EQ(next(early), "data: second\n\n");
    view.text = "third";
    EXPECT_EQ(next(early), "data: third\n\n");
    EXPECT_EQ(next(late), "data: third\n\n") << "a slow listener skips what was overtaken";
}

TEST_F(page_feed, looks_once_a_pace_for_all_listeners_together) {
    const auto shared = make({.listeners = 1000, .pace = 1h});
    std::vector<std::shared_ptr<feed::listener>> all;
    for (int i = 0; i < 1000; ++i) all.push_back(shared->join({0, static_cast<std::uint64_t>(i)}));
    for (const auto& one : all) EXPECT_EQ(next(one), "data: first\n\n");
    EXPECT_EQ(view.looks, 1);
}

TEST_F(page_feed, has_a_bound_and_gives_places_back) {
    const auto shared = make({.listeners = 2});
    auto first = shared->join({});
    const auto second = shared->join({});
    ASSERT_TRUE(second);
    EXPECT_FALSE(shared->join({}));
    first.reset();
    EXPECT_EQ(shared->listeners(), 1U);
    EXPECT_TRUE(shared->join({}));
}

TEST_F(page_feed, has_places_left_when_one_address_has_all_of_its_own) {
    const auto shared = make({.listeners = 10, .from_one = 2});
    auto first = shared->join({1, 1});
    const auto second = shared->join({1, 1});
    EXPECT_FALSE(shared->join({1, 1}));
    EXPECT_TRUE(shared->join({1, 2}));
    first.reset();
    EXPECT_TRUE(shared->join({1, 1}));
}

TEST_F(page_feed, does_not_look_when_nobody_listens) {
    const auto shared = make({.listeners = 2, .pace = 1ms});
    auto only = shared->join({});
    EXPECT_EQ(next(only), "data: first\n\n");
    only.reset();
    io.restart();
    io.run();  // returns: nothing is left to do
    const int looks = view.looks;
    only = shared->join({});
    view.text = "new";
    EXPECT_EQ(next(only), "data: new\n\n") << "not what was shown to those who have gone";
    EXPECT_EQ(view.looks, looks + 1);
}

TEST_F(page_feed, gives_a_sign_of_life_when_nothing_changes) {
    const auto shared = make({.listeners = 2, .pace = 1ms, .sign_of_life = 5ms});
    const auto one = shared->join({});
    EXPECT_EQ(next(one), "data: first\n\n");
    EXPECT_EQ(next(one), ":\n\n");
    view.text = "second";
    EXPECT_EQ(next(one), "data: second\n\n");
}

TEST_F(page_feed, says_that_the_view_is_away_and_goes_on) {
    const auto shared = make({.listeners = 2, .pace = 1ms});
    const auto one = shared->join({});
    EXPECT_EQ(next(one), "data: first\n\n");
    view.away = true;
    EXPECT_EQ(next(one), "event: away\ndata: {}\n\n");
    view.away = false;
    EXPECT_EQ(next(one), "data: first\n\n");
}

TEST_F(page_feed, ends_its_listeners_when_it_closes) {
    const auto shared = make({.listeners = 2, .pace = 1h});
    const auto one = shared->join({});
    EXPECT_EQ(next(one), "data: first\n\n");
    auto ended = tests::start_task(io.get_executor(), one->next());
    shared->close();
    run_task(io, shared->settle());
    run_task(io, one->next());
    ASSERT_EQ(ended.wait_for(0s), std::future_status::ready);
    EXPECT_EQ(ended.get(), "");
    EXPECT_FALSE(shared->join({}));
}

}  // namespace
}  // namespace dibs::page
