#include "locks/keeper.hpp"
#include "locks/renewal.hpp"
#include "tests/support/run_task.hpp"

#include <dibs/error.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <deque>

namespace dibs::locks {
namespace {

using namespace std::chrono_literals;

TEST(renewal, comes_after_a_third_and_is_given_up_before_the_end) {
    const deadline now(1h);
    EXPECT_EQ(renew_at(now, now + 9s, 9s), now + 3s);
    EXPECT_EQ(renew_at(now, now + 900ms, 9s), now + 300ms) << "a pushed grant";
    EXPECT_EQ(give_up_at(now + 2s, 2s), now + 1900ms);
    EXPECT_EQ(give_up_at(now + 60s, 60s), now + 59750ms) << "a long lease keeps most of its time";
    EXPECT_EQ(give_up_at(now + 10ms, 10ms), now + 9ms);
    EXPECT_EQ(loss_margin(10s, 1s), 250ms) << "a pushed grant";
    EXPECT_EQ(loss_margin(10s, 188ms), 47ms) << "handed on with little time left";
}

/// What a backend says to the next renewals; the last answer is repeated.
enum class says { extended, gone, nothing };

class scripted_hold final : public hold {
   public:
    scripted_hold(std::chrono::milliseconds lease, std::deque<says> answers)
        : scripted_hold(lease, lease, std::move(answers)) {}
    scripted_hold(std::chrono::milliseconds lease, std::chrono::milliseconds left, std::deque<says> answers)
        : lease_(lease), until_(after(left)), answers_(std::move(answers)) {}

    const lock_name& name() const override { return name_; }
    const owner_id& owner() const override { return owner_; }
    std::optional<fencing_token> token() const override { return std::nullopt; }
    deadline valid_until() const override { return until_; }
    std::chrono::milliseconds duration() const override { return lease_; }
    task<release_outcome> release() override { co_return release_outcome::released; }

    task<bool> renew(std::chrono::milliseconds lease, deadline) override {
        ++asked;
        const says answer = answers_.front();
        if (answers_.size() > 1) answers_.pop_front();
        if (answer == says::nothing) throw error(fault::timeout, "a backend", "renew", "no answer");
        if (answer == says::gone) co_return false;
        until_ = after(lease);
        co_return true;
    }

    int asked = 0;

   private:
    lock_name name_{"name"};
    owner_id owner_{"owner"};
    std::chrono::milliseconds lease_;
    deadline until_;
    std::deque<says> answers_;
};

class keeper_test : public testing::Test {
   protected:
    keeper::care keep(const std::shared_ptr<scripted_hold>& held, renewal how = renewal::automatic) {
        return keeping.keep(held, how, std::make_shared<witness>(*this, held));
    }

    class witness final : public keeper::watcher {
       public:
        witness(keeper_test& test, std::shared_ptr<scripted_hold> held)
            : test_(test), held_(std::move(held)) {}
        void lost(const std::exception_ptr& failure) override {
            ++test_.losses;
            test_.why = failure;
            test_.left = held_->valid_until() - steady::now();
        }
        void renewed(steady::duration lag) override { test_.lags.push_back(lag); }

       private:
        keeper_test& test_;
        std::shared_ptr<scripted_hold> held_;
    };

    asio::io_context io{1};
    keeper keeping{io.get_executor()};
    int losses = 0;
    std::exception_ptr why;
    steady::duration left{};
    std::vector<steady::duration> lags;
};

TEST_F(keeper_test, renews_for_as_long_as_it_cares) {
    const auto held = std::make_shared<scripted_hold>(60ms, std::deque{says::extended});
    {
        const auto care = keep(held);
        io.run_for(200ms);
        EXPECT_GE(held->asked, 3);
    }
    EXPECT_GE(lags.size(), 3U);
    const int asked = held->asked;
    io.restart();
    io.run_for(100ms);
    EXPECT_EQ(held->asked, asked);
    EXPECT_EQ(losses, 0);
}

TEST_F(keeper_test, tries_again_when_nothing_was_answered) {
    const auto held =
        std::make_shared<scripted_hold>(1200ms, std::deque{says::nothing, says::nothing, says::extended});
    const auto care = keep(held);
    io.run_for(1300ms);
    EXPECT_EQ(losses, 0);
    EXPECT_TRUE(steady::now() < held->valid_until());
    ASSERT_FALSE(lags.empty());
    EXPECT_GT(lags.front(), 100ms) << "counted from when it was first due";
}

TEST_F(keeper_test, tells_of_a_loss_once_and_before_the_end) {
    const auto held = std::make_shared<scripted_hold>(400ms, std::deque{says::nothing});
    const auto care = keep(held);
    io.run_for(600ms);
    EXPECT_EQ(losses, 1);
    EXPECT_GT(left, 0ms);
    EXPECT_GT(held->asked, 2) << "one failure is not the end";
    EXPECT_THROW(std::rethrow_exception(why), error);
}

TEST_F(keeper_test, tells_at_once_of_a_lock_that_is_anothers) {
    const auto held = std::make_shared<scripted_hold>(600ms, std::deque{says::gone});
    const auto care = keep(held);
    io.run_for(300ms);
    EXPECT_EQ(losses, 1);
    EXPECT_FALSE(why);
    EXPECT_EQ(held->asked, 1);
}

TEST_F(keeper_test, only_watches_a_lease_that_its_holder_renews) {
    const auto held = std::make_shared<scripted_hold>(300ms, std::deque{says::extended});
    auto care = keep(held, renewal::by_hand);
    io.run_for(150ms);
    EXPECT_TRUE(tests::start_task(io.get_executor(), held->renew(300ms, after(1s))).valid());
    io.restart();
    io.run_for(20ms);
    care.moved();
    io.restart();
    io.run_for(180ms);
    EXPECT_EQ(losses, 0) << "the first lease would be over by now";
    io.restart();
    io.run_for(300ms);
    EXPECT_EQ(losses, 1);
    EXPECT_EQ(held->asked, 1);
    EXPECT_GT(left, 0ms);
}

TEST_F(keeper_test, tells_at_once_of_a_lease_that_its_holder_saw_end) {
    const auto held = std::make_shared<scripted_hold>(10s, std::deque{says::extended});
    auto care = keep(held);
    care.over();
    EXPECT_EQ(losses, 1);
    care.over();
    care.moved();
    io.run_for(20ms);
    EXPECT_EQ(losses, 1);
    EXPECT_EQ(held->asked, 0);
}

TEST_F(keeper_test, leaves_a_lease_to_its_holder_that_another_extended_untold) {
    const auto held = std::make_shared<scripted_hold>(300ms, std::deque{says::extended});
    const auto care = keep(held, renewal::by_hand);
    io.run_for(200ms);
    EXPECT_TRUE(tests::start_task(io.get_executor(), held->renew(300ms, after(1s))).valid());
    io.restart();
    io.run_for(600ms);
    EXPECT_EQ(held->asked, 1);
    EXPECT_EQ(losses, 1);
}

TEST_F(keeper_test, renews_a_lease_that_is_nearly_over_when_it_comes) {
    const auto held = std::make_shared<scripted_hold>(10s, 200ms, std::deque{says::extended});
    const auto care = keep(held);
    io.run_for(300ms);
    EXPECT_EQ(losses, 0);
    EXPECT_EQ(held->asked, 1);
}

TEST_F(keeper_test, cares_for_many_in_the_order_of_their_ends) {
    std::vector<std::shared_ptr<scripted_hold>> all;
    std::vector<keeper::care> cares;
    for (const auto lease : {900ms, 90ms, 300ms}) {
        all.push_back(std::make_shared<scripted_hold>(lease, std::deque{says::extended}));
        cares.push_back(keep(all.back()));
    }
    io.run_for(250ms);
    EXPECT_EQ(all[0]->asked, 0);
    EXPECT_GE(all[1]->asked, 4);
    EXPECT_GE(all[2]->asked, 1);
    EXPECT_EQ(losses, 0);
}

}  // namespace
}  // namespace dibs::locks
