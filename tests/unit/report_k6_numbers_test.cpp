#include "report/k6/k6_format.hpp"
#include "report/k6/k6_parse.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace dibs::report {
namespace {

using expected_text = std::pair<double, const char*>;

TEST(k6_format, percentages_are_cut_off_in_binary_arithmetic) {
    for (const auto& [share, text] : std::initializer_list<expected_text>{{0, "0.00%"},
                                                                          {1, "100.00%"},
                                                                          {0.29, "28.99%"},
                                                                          {0.57, "56.99%"},
                                                                          {0.5, "50.00%"},
                                                                          {99999.0 / 100000, "99.99%"},
                                                                          {1.0 / 3, "33.33%"},
                                                                          {872.0 / 1029, "84.74%"}})
        EXPECT_EQ(format_percentage(share), text);
}

TEST(k6_format, durations_have_two_decimals_cut_off_below_a_minute) {
    for (const auto& [milliseconds, text] : std::initializer_list<expected_text>{{0, "0s"},
                                                                                 {0.0000005, "0ns"},
                                                                                 {0.0009999, "999ns"},
                                                                                 {0.001, "1µs"},
                                                                                 {0.35, "350µs"},
                                                                                 {0.99999, "999.99µs"},
                                                                                 {1, "1ms"},
                                                                                 {12.5, "12.5ms"},
                                                                                 {148.219, "148.21ms"},
                                                                                 {999.999, "999.99ms"},
                                                                                 {1000, "1s"},
                                                                                 {3345.9, "3.34s"},
                                                                                 {59999.9, "59.99s"}})
        EXPECT_EQ(format_duration(milliseconds), text);
}

TEST(k6_format, durations_of_minutes_have_whole_seconds) {
    for (const auto& [milliseconds, text] : std::initializer_list<expected_text>{{60'000, "1m0s"},
                                                                                 {61'999, "1m1s"},
                                                                                 {62'000, "1m2s"},
                                                                                 {3'599'999, "59m59s"},
                                                                                 {3'600'000, "1h0m0s"},
                                                                                 {90'061'000, "25h1m1s"}})
        EXPECT_EQ(format_duration(milliseconds), text);
}

TEST(k6_format, bytes_are_to_base_1000) {
    for (const auto& [bytes, text] : std::initializer_list<expected_text>{{0, "0 B"},
                                                                          {9.5, "9.5 B"},
                                                                          {10, "10 B"},
                                                                          {999, "999 B"},
                                                                          {1000, "1.0 kB"},
                                                                          {9949, "9.9 kB"},
                                                                          {9950, "10 kB"},
                                                                          {12'500, "13 kB"},
                                                                          {124'000, "124 kB"},
                                                                          {999'950, "1000 kB"},
                                                                          {1'700'000, "1.7 MB"},
                                                                          {2e9, "2.0 GB"}})
        EXPECT_EQ(format_bytes(bytes), text);
}

TEST(k6_format, other_numbers_have_six_decimals_at_most) {
    for (const auto& [value, text] : std::initializer_list<expected_text>{{0, "0"},
                                                                          {100000, "100000"},
                                                                          {54.9981194, "54.998119"},
                                                                          {13.749530, "13.74953"},
                                                                          {0.0000004, "0"},
                                                                          {0.0000006, "0.000001"},
                                                                          {1.0 / 128, "0.007813"},
                                                                          {3.0 / 128, "0.023438"},
                                                                          {-0.0, "0"}})
        EXPECT_EQ(format_number(value), text);
}

TEST(k6_format, checks_are_floored) {
    EXPECT_EQ(floored_percentage(49'999, 1), 99U);
    EXPECT_EQ(floored_percentage(872, 157), 84U);
    EXPECT_EQ(floored_percentage(0, 7), 0U);
}

TEST(k6_parse, durations_of_every_unit) {
    for (const auto& [milliseconds, text] : std::initializer_list<expected_text>{{0, "0s"},
                                                                                 {0.00035, "350ns"},
                                                                                 {0.35, "350µs"},
                                                                                 {0.35, "350\u03BCs"},
                                                                                 {0.35, "350us"},
                                                                                 {12.5, "12.5ms"},
                                                                                 {3200, "3.2s"},
                                                                                 {62'000, "1m2s"},
                                                                                 {3'600'000, "1h0m0s"},
                                                                                 {90'061'000, "25h1m1s"}}) {
        const auto read = parse_duration(text);
        ASSERT_TRUE(read.has_value()) << text;
        EXPECT_DOUBLE_EQ(*read, milliseconds) << text;
    }
}

TEST(k6_parse, refuses_what_k6_does_not_print) {
    for (const char* wrong : {"", "s", "3", "3.2", "3.2x", "3.2 s", "3,2s", "-3s", "1s1s", "1s2m", "1.2.3s",
                              "1m2", "3.2sec", "nan", "1e3s", " 1s", "1s "})
        EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
    for (const char* wrong : {"", "%", "84.74", "84.74 %", "100.01%", "-1%", "8x%"})
        EXPECT_EQ(parse_percentage(wrong), std::nullopt) << wrong;
    for (const char* wrong : {"", "1.7", "1.7MB", "1.7 XB", "MB", "1.7 MB "})
        EXPECT_EQ(parse_bytes(wrong), std::nullopt) << wrong;
    for (const char* wrong : {"", ".", "1.2.3", "1e5", "-1", "0x1"})
        EXPECT_EQ(parse_number(wrong), std::nullopt) << wrong;
}

TEST(k6_parse, percentages_bytes_and_numbers) {
    EXPECT_DOUBLE_EQ(parse_percentage("84.74%").value(), 84.74);
    EXPECT_DOUBLE_EQ(parse_percentage("100.00%").value(), 100);
    EXPECT_DOUBLE_EQ(parse_bytes("1.7 MB").value(), 1'700'000);
    EXPECT_DOUBLE_EQ(parse_bytes("1000 kB").value(), 1'000'000);
    EXPECT_DOUBLE_EQ(parse_bytes("8.5 B").value(), 8.5);
    EXPECT_DOUBLE_EQ(parse_number("54.998119").value(), 54.998119);
}

// What is printed and read again prints the same: cutting off must not wander.
TEST(k6_parse, reads_back_what_k6_format_writes) {
    for (double milliseconds = 1e-5; milliseconds < 1e8; milliseconds *= 1.37) {
        const auto text = format_duration(milliseconds);
        const auto read = parse_duration(text);
        ASSERT_TRUE(read.has_value()) << text;
        EXPECT_LE(*read, milliseconds * (1 + 1e-12)) << text;
        const double unit = milliseconds < 1e-3   ? 1e-6
                            : milliseconds < 1    ? 1e-5
                            : milliseconds < 1000 ? 0.01
                                                  : 10;
        EXPECT_GT(*read, milliseconds - (milliseconds > 60'000 ? 1000 : unit)) << text;
    }
}

}  // namespace
}  // namespace dibs::report
