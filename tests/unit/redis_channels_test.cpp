#include "redis/subscriber_core.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace dibs::redis::detail {
namespace {

class redis_channels : public testing::Test {
   protected:
    std::shared_ptr<listener> someone() { return std::make_shared<listener>(context_.get_executor(), "a"); }

    asio::io_context context_;
    channel_table table_;
    std::shared_ptr<listener> one_ = someone();
    std::shared_ptr<listener> two_ = someone();
};

TEST_F(redis_channels, share_one_subscription_at_the_server) {
    table_.connect();
    EXPECT_TRUE(table_.add("a", one_));
    EXPECT_FALSE(table_.add("a", two_));
    EXPECT_FALSE(table_.confirmed("a"));
    EXPECT_EQ(table_.confirm("a"), (listeners{one_, two_}));
    EXPECT_TRUE(table_.confirmed("a"));
    EXPECT_EQ(table_.audience("a"), (listeners{one_, two_}));
    EXPECT_FALSE(table_.remove("a", *one_));
    EXPECT_FALSE(table_.remove("a", *one_));
    EXPECT_TRUE(table_.remove("a", *two_));
    EXPECT_TRUE(table_.audience("a").empty());
    EXPECT_EQ(table_.size(), 0U);
}

TEST_F(redis_channels, an_answer_to_an_earlier_subscribe_confirms_nothing) {
    table_.connect();
    EXPECT_TRUE(table_.add("a", one_));
    EXPECT_TRUE(table_.remove("a", *one_));
    EXPECT_TRUE(table_.add("a", two_));
    EXPECT_TRUE(table_.confirm("a").empty());
    EXPECT_FALSE(table_.confirmed("a"));
    EXPECT_EQ(table_.confirm("a"), listeners{two_});
    EXPECT_TRUE(table_.confirmed("a"));
}

TEST_F(redis_channels, come_back_with_the_connection) {
    EXPECT_FALSE(table_.add("a", one_));
    EXPECT_EQ(table_.connect(), std::vector<std::string>{"a"});
    EXPECT_EQ(table_.confirm("a"), listeners{one_});
    EXPECT_TRUE(table_.add("b", two_));
    table_.disconnect();
    EXPECT_FALSE(table_.confirmed("a"));
    EXPECT_FALSE(table_.remove("b", *two_));
    EXPECT_EQ(table_.connect(), std::vector<std::string>{"a"});
    EXPECT_EQ(table_.confirm("a"), listeners{one_});
}

TEST_F(redis_channels, a_left_channel_does_not_come_back) {
    table_.connect();
    table_.add("a", one_);
    table_.remove("a", *one_);  // before it is confirmed
    table_.disconnect();
    EXPECT_TRUE(table_.connect().empty());
}

TEST_F(redis_channels, an_error_belongs_to_the_oldest_question) {
    table_.connect();
    table_.add("a", one_);
    table_.add("b", two_);
    EXPECT_EQ(table_.refuse(), listeners{one_});
    EXPECT_EQ(table_.confirm("b"), listeners{two_});
    EXPECT_EQ(table_.size(), 1U);
    EXPECT_TRUE(table_.refuse().empty());
}

}  // namespace
}  // namespace dibs::redis::detail
