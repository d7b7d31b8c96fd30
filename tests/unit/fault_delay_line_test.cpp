#include "fault/delay_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace dibs::faults {
namespace {

using namespace std::chrono_literals;

const steady::time_point begin{1h};

/// When each byte comes out, by whoever asks for it as soon as it is due.
struct received {
    std::string bytes;
    std::vector<std::chrono::nanoseconds> at;
    std::size_t largest = 0;
};

received drain(delay_line& line) {
    received got;
    for (auto next = line.due(); next; next = line.due()) {
        const auto piece = line.take(*next);
        if (piece.empty()) break;  // its end
        got.bytes += piece;
        got.at.insert(got.at.end(), piece.size(), *next - begin);
        got.largest = std::max(got.largest, piece.size());
    }
    return got;
}

received jittered(std::uint64_t seed) {
    delay_line line({.latency = 5ms, .jitter = 20ms}, seed);
    for (int i = 0; i < 100; ++i) line.put(std::string(1, static_cast<char>('!' + i % 90)), begin + i * 1ms);
    return drain(line);
}

TEST(fault_delay_line, a_perfect_link_hands_on_at_once) {
    delay_line line({}, 1);
    EXPECT_EQ(line.due(), std::nullopt);
    line.put("abc", begin);
    EXPECT_EQ(line.due(), begin);
    EXPECT_EQ(line.take(begin), "abc");
    EXPECT_EQ(line.take(begin), "");
    EXPECT_EQ(line.ended(begin), ending::none);
}

TEST(fault_delay_line, latency_is_a_pipeline) {
    delay_line line({.latency = 10ms}, 1);
    for (int i = 0; i < 5; ++i) line.put("x", begin + i * 1ms);
    EXPECT_EQ(line.take(begin + 9ms), "");
    EXPECT_THAT(drain(line).at, testing::ElementsAre(10ms, 11ms, 12ms, 13ms, 14ms));
}

TEST(fault_delay_line, jitter_is_seeded_bounded_and_lets_nobody_overtake) {
    const auto one = jittered(7);
    const auto same = jittered(7);
    EXPECT_EQ(one.at, same.at);
    EXPECT_NE(one.at, jittered(8).at);
    EXPECT_TRUE(std::is_sorted(one.at.begin(), one.at.end()));
    std::string sent;
    for (int i = 0; i < 100; ++i) sent += static_cast<char>('!' + i % 90);
    EXPECT_EQ(one.bytes, sent);
    bool some_late = false;
    for (int i = 0; i < 100; ++i) {
        const auto delay = one.at.at(static_cast<std::size_t>(i)) - i * 1ms;
        EXPECT_GE(delay, 5ms);
        EXPECT_LE(delay, 25ms);
        some_late = some_late || delay > 15ms;
    }
    EXPECT_TRUE(some_late);
}

TEST(fault_delay_line, the_rate_spreads_the_bytes) {
    delay_line line({.bytes_per_second = 1000}, 1);
    line.put(std::string(500, 'x'), begin);
    const auto got = drain(line);
    EXPECT_EQ(got.at.size(), 500U);
    EXPECT_EQ(got.largest, 10U);
    for (std::size_t i = 0; i < 500; ++i)
        EXPECT_GE(got.at.at(i) + 20ms, std::chrono::milliseconds(i)) << "byte " << i;
    EXPECT_LE(got.at.back(), 500ms);
}

TEST(fault_delay_line, slices) {
    delay_line line({.slice = 3}, 1);
    line.put("abcdefgh", begin);
    EXPECT_EQ(line.take(begin), "abc");
    EXPECT_EQ(line.take(begin), "def");
    EXPECT_EQ(line.take(begin), "gh");
}

TEST(fault_delay_line, is_bounded) {
    delay_line line({.hole = black_hole::hold}, 1);
    while (line.room() > 0) line.put(std::string(std::min(line.room(), std::size_t{5000}), 'x'), begin);
    EXPECT_EQ(line.due(), std::nullopt);
    line.change({}, begin);
    EXPECT_EQ(drain(line).bytes.size(), delay_line::capacity);
    EXPECT_EQ(line.room(), delay_line::capacity);
}

TEST(fault_delay_line, held_bytes_come_after_healing_and_end_last) {
    delay_line line({.latency = 1s}, 1);
    line.put("before", begin);
    line.change({.hole = black_hole::hold}, begin);
    line.put(" during", begin);
    line.end(ending::finish, begin);
    EXPECT_EQ(line.due(), std::nullopt);
    EXPECT_EQ(line.ended(begin + 1h), ending::none);
    line.change({}, begin + 2ms);
    EXPECT_EQ(line.ended(begin + 2ms), ending::none);
    EXPECT_EQ(drain(line).bytes, "before during");
    EXPECT_EQ(line.ended(begin + 2ms), ending::finish);
    EXPECT_FALSE(line.has_gap());
    EXPECT_EQ(line.dropped(), 0U);
}

TEST(fault_delay_line, dropped_bytes_are_counted_and_leave_a_gap) {
    delay_line line({.latency = 1s}, 1);
    line.put("under way", begin);
    line.change({.hole = black_hole::drop}, begin);
    line.put("new", begin);
    EXPECT_TRUE(line.has_gap());
    EXPECT_EQ(line.dropped(), 12U);
    EXPECT_EQ(line.room(), delay_line::capacity);
    line.end(ending::finish, begin);
    line.change({}, begin);
    EXPECT_EQ(line.due(), std::nullopt);
}

TEST(fault_delay_line, a_drop_that_met_nothing_leaves_no_gap) {
    delay_line line({.hole = black_hole::drop}, 1);
    line.change({}, begin);
    EXPECT_FALSE(line.has_gap());
}

TEST(fault_delay_line, once_cut_it_loses_all) {
    delay_line line({}, 1);
    line.put("a", begin);
    line.cut();
    line.change({}, begin);
    line.put("b", begin);
    line.end(ending::reset, begin);
    EXPECT_EQ(line.due(), std::nullopt);
    EXPECT_EQ(line.dropped(), 2U);
    EXPECT_TRUE(line.has_gap());
}

}  // namespace
}  // namespace dibs::faults
