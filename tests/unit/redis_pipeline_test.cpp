#include "redis/pipeline.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>

namespace dibs::redis {
namespace {

using namespace std::chrono_literals;

/// A pipeline with requests that are known by the number they carry.
class redis_pipeline : public testing::Test {
   protected:
    static constexpr deadline start{1h};
    static constexpr steady::duration silence = 5s;

    request& ask(int number, steady::duration patience = 10s) {
        auto made = std::make_unique<request>(command("ECHO").arg(number), start + patience);
        auto& asked = *made;
        numbers_[&asked] = number;
        requests_.push_back(std::move(made));
        EXPECT_TRUE(line_.add(asked));
        return asked;
    }

    /// Writes all that there is and returns it.
    std::string write_all() {
        std::string all;
        for (auto bytes = line_.output(); !bytes.empty(); bytes = line_.output()) {
            all += bytes;
            line_.written(bytes.size());
        }
        return all;
    }

    static std::string wire(std::initializer_list<int> numbers) {
        std::string bytes;
        for (int number : numbers) command("ECHO").arg(number).append_to(bytes);
        return bytes;
    }

    /// What ended since the last call: "3=:3" for a reply, "3!in doubt" for a failure.
    std::string ended() {
        std::string text;
        for (const auto& end : std::exchange(ended_, {})) {
            text += (text.empty() ? "" : " ") + std::to_string(numbers_.at(end.who));
            if (const auto* why = std::get_if<failure>(&end.result))
                text.append("!").append(to_string(why->kind));
            else
                text.append("=").append(std::to_string(std::get<reply>(end.result).integer()));
        }
        return text;
    }

    void feed(std::string_view bytes) { line_.feed(bytes, ended_); }

    pipeline line_{pipeline_limits{8, 1000, silence}};
    outcomes ended_;
    std::map<const request*, int> numbers_;
    std::vector<std::unique_ptr<request>> requests_;
};

TEST_F(redis_pipeline, sends_in_order_in_one_piece_and_matches_replies) {
    ask(1);
    ask(2);
    ask(3);
    EXPECT_EQ(line_.output(), wire({1, 2, 3}));
    EXPECT_EQ(write_all(), wire({1, 2, 3}));
    EXPECT_TRUE(line_.output().empty());
    feed(":1\r\n:2\r\n");
    EXPECT_EQ(ended(), "1=1 2=2");
    ask(4);
    feed(":3\r\n");
    EXPECT_EQ(write_all(), wire({4}));
    feed(":4\r\n");
    EXPECT_EQ(ended(), "3=3 4=4");
    EXPECT_EQ(line_.outstanding(), 0U);
}

TEST_F(redis_pipeline, what_comes_up_during_a_write_shares_the_next) {
    ask(1);
    line_.written(line_.output().substr(0, 3).size());
    ask(2);
    ask(3);
    EXPECT_EQ(line_.output(), wire({1}).substr(3));
    line_.written(line_.output().size());
    EXPECT_EQ(line_.output(), wire({2, 3}));
}

TEST_F(redis_pipeline, takes_replies_split_at_every_byte) {
    const std::string replies = ":1\r\n:2\r\n:3\r\n";
    for (std::size_t cut = 0; cut <= replies.size(); ++cut) {
        for (int i = 1; i <= 3; ++i) ask(i);
        write_all();
        feed(replies.substr(0, cut));
        feed(replies.substr(cut));
        EXPECT_EQ(ended(), "1=1 2=2 3=3") << cut;
    }
    for (int i = 1; i <= 3; ++i) ask(i);
    write_all();
    for (char byte : replies) feed({&byte, 1});
    EXPECT_EQ(ended(), "1=1 2=2 3=3");
}

TEST_F(redis_pipeline, an_unsent_request_that_is_given_up_is_never_sent) {
    ask(1);
    auto& second = ask(2);
    ask(3);
    line_.give_up(second);
    EXPECT_EQ(write_all(), wire({1, 3}));
    feed(":1\r\n:3\r\n");
    EXPECT_EQ(ended(), "1=1 3=3");
}

/// Given up at every point of its way, by itself and between others: the others get their own replies.
TEST_F(redis_pipeline, giving_up_anywhere_keeps_the_rest_aligned) {
    const std::string all = wire({1, 2, 3});
    const std::string replies = ":1\r\n:2\r\n:3\r\n";
    for (int victim = 1; victim <= 3; ++victim) {
        for (std::size_t point = 0; point < all.size() + replies.size(); ++point) {
            std::array<request*, 4> asked{};
            for (int i = 1; i <= 3; ++i) asked.at(static_cast<std::size_t>(i)) = &ask(i);
            const std::size_t sent = std::min(point, all.size());
            if (sent > 0) {
                EXPECT_EQ(line_.output(), all);
                line_.written(sent);
            }
            if (sent == all.size()) feed(replies.substr(0, point - sent));
            std::string seen = ended();
            line_.give_up(*asked.at(static_cast<std::size_t>(victim)));
            std::string rest = write_all();
            if (sent == all.size()) {
                feed(replies.substr(point - sent));
            } else {
                std::string answers;
                for (int i = 1; i <= 3; ++i)
                    if (sent > 0 || i != victim) answers += ":" + std::to_string(i) + "\r\n";
                feed(answers);
            }
            const std::string later = ended();
            if (!later.empty()) seen += (seen.empty() ? "" : " ") + later;
            for (int i = 1; i <= 3; ++i) {
                const auto text = std::to_string(i) + "=" + std::to_string(i);
                const bool answered = seen.find(text) != std::string::npos;
                EXPECT_TRUE(answered || i == victim) << seen << " at " << point;
            }
            EXPECT_EQ(line_.outstanding(), 0U);
        }
    }
}

TEST_F(redis_pipeline, a_loss_puts_the_sent_in_doubt_and_keeps_the_rest) {
    const std::string all = wire({1, 2, 3});
    const std::size_t each = wire({1}).size();
    for (std::size_t sent = 0; sent <= all.size(); ++sent) {
        for (int i = 1; i <= 3; ++i) ask(i);
        ASSERT_EQ(line_.output(), all);
        line_.written(sent);
        ask(4);
        line_.lose("gone", ended_);
        std::string expected;
        std::string again;
        for (int i = 1; i <= 4; ++i) {
            const bool started = static_cast<std::size_t>(i - 1) * each < sent && i < 4;
            if (started)
                expected += (expected.empty() ? "" : " ") + std::to_string(i) + "!in doubt";
            else
                again += wire({i});
        }
        EXPECT_EQ(ended(), expected) << sent;
        EXPECT_EQ(write_all(), again) << sent;
        line_.lose("gone", ended_);
        ended();
    }
}

TEST_F(redis_pipeline, a_loss_forgets_gaps_and_half_a_reply) {
    auto& first = ask(1);
    ask(2);
    write_all();
    feed(":");
    line_.give_up(first);
    line_.lose("gone", ended_);
    EXPECT_EQ(ended(), "2!in doubt");
    ask(3);
    write_all();
    feed(":3\r\n");
    EXPECT_EQ(ended(), "3=3");
}

TEST_F(redis_pipeline, deadlines_tell_sent_from_unsent) {
    ask(1, 1s);
    ask(2, 3s);
    write_all();
    ask(3, 2s);
    ask(4, 9s);
    EXPECT_EQ(line_.next_expiry(), start + 1s);
    line_.expire(start + 1s, ended_);
    EXPECT_EQ(ended(), "1!timed out");
    EXPECT_EQ(line_.next_expiry(), start + 2s);
    line_.set_obstacle("Connection refused");
    line_.expire(start + 2s, ended_);
    EXPECT_NE(std::get<failure>(ended_.at(0).result).cause.find("Connection refused"), std::string::npos);
    EXPECT_EQ(ended(), "3!unavailable");
    EXPECT_EQ(write_all(), wire({4}));
    feed(":1\r\n:2\r\n:4\r\n");
    EXPECT_EQ(ended(), "2=2 4=4");
    line_.expire(start + 3s, ended_);
    EXPECT_EQ(line_.next_expiry(), deadline::max());
}

TEST_F(redis_pipeline, a_server_that_owes_an_answer_and_says_nothing_is_silent) {
    ask(1, 1s);
    ask(2, 60s);
    write_all();
    line_.expire(start + 1s, ended_);
    EXPECT_EQ(line_.next_expiry(), start + 1s + silence);
    line_.expire(start + 5s, ended_);
    EXPECT_FALSE(line_.silent());
    line_.expire(start + 6s, ended_);
    EXPECT_TRUE(line_.silent());
    line_.lose("silent", ended_);
    EXPECT_FALSE(line_.silent());
}

// Replies come in order: who owes a later one owes the patient one's as well.
TEST_F(redis_pipeline, a_patient_request_in_front_does_not_hide_the_silence) {
    ask(1, 1h);
    ask(2, 1s);
    write_all();
    line_.expire(start + 1s, ended_);
    EXPECT_EQ(line_.next_expiry(), start + 1s + silence);
    line_.expire(start + 6s, ended_);
    EXPECT_TRUE(line_.silent());
}

TEST_F(redis_pipeline, a_slow_server_is_not_silent) {
    ask(1, 1s);
    ask(2, 2s);
    write_all();
    line_.expire(start + 2s, ended_);
    feed(":1\r\n");
    line_.expire(start + 2s + silence, ended_);
    EXPECT_FALSE(line_.silent());
    feed(":2\r\n");
    line_.expire(start + 30s, ended_);
    EXPECT_FALSE(line_.silent());
    // A request that may wait for long is not owed yet.
    ask(3, 1h);
    write_all();
    line_.expire(start + 50min, ended_);
    EXPECT_FALSE(line_.silent());
    EXPECT_EQ(line_.next_expiry(), start + 1h);
}

TEST_F(redis_pipeline, is_bounded_and_gaps_count) {
    for (int i = 1; i <= 8; ++i) ask(i, 1s);
    request ninth(command("PING"), start);
    EXPECT_FALSE(line_.add(ninth));
    write_all();
    line_.expire(start + 1s, ended_);
    EXPECT_FALSE(line_.add(ninth));
    feed(":1\r\n");
    EXPECT_TRUE(line_.add(ninth));
    line_.give_up(ninth);
}

TEST_F(redis_pipeline, refuses_replies_that_nobody_asked_for) {
    ask(1);
    write_all();
    EXPECT_THROW(feed(":1\r\n:2\r\n"), protocol_error);
    EXPECT_EQ(ended(), "1=1");
}

TEST_F(redis_pipeline, refusing_the_queue_leaves_the_sent_alone) {
    ask(1);
    write_all();
    ask(2);
    line_.refuse_queued({fault::refused, "WRONGPASS"}, ended_);
    EXPECT_EQ(ended(), "2!refused");
    feed(":1\r\n");
    EXPECT_EQ(ended(), "1=1");
}

}  // namespace
}  // namespace dibs::redis
