// What is drawn of a proof, on terminals and as a picture.
#include "check/claims.hpp"
#include "check/locks.hpp"
#include "check/plain_text.hpp"
#include "check/timeline.hpp"

#include <boost/property_tree/xml_parser.hpp>
#include <gmock/gmock.h>

#include <sstream>

namespace dibs::check {
namespace {

using history::action;
using history::event;
using history::phase;
using testing::HasSubstr;
using testing::Not;

verdict an_overlap(const std::string& owner = "one") {
    static events all;
    all.clear();
    const auto put = [&](std::int64_t ms, std::uint64_t operation, action what, phase how,
                         const std::string& by, std::uint64_t token) {
        event one{.at_ns = ms * 1'000'000, .process = operation % 2, .operation = operation, .action = what};
        one.phase = how;
        one.name = "lock";
        one.owner = by;
        if (token != 0) one.token = token;
        all.push_back(one);
    };
    put(1000, 1, action::acquire, phase::invoke, "", 0);
    put(1010, 1, action::acquire, phase::ok, owner, 7);
    put(1020, 2, action::acquire, phase::invoke, "", 0);
    put(1030, 2, action::acquire, phase::ok, "two", 8);
    put(1040, 3, action::release, phase::invoke, owner, 7);
    const auto operations = operations_in(all);
    return overlapping_holds(holds_in(operations));
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream from(text);
    for (std::string line; std::getline(from, line);) lines.push_back(line);
    return lines;
}

std::size_t columns_of(const std::string& line) {
    std::size_t columns = 0;
    while (plain(line, columns) != line) ++columns;
    return columns;
}

/// Throws where it is no XML.
boost::property_tree::ptree parsed(const std::string& svg) {
    std::istringstream from(svg);
    boost::property_tree::ptree tree;
    boost::property_tree::read_xml(from, tree);
    return tree;
}

TEST(check_timeline, shows_who_asked_and_held_and_when) {
    const auto text = timeline_text(an_overlap().proof);
    const auto lines = lines_of(text);
    ASSERT_EQ(lines.size(), 6U) << text;
    EXPECT_THAT(lines[0], HasSubstr("lock"));
    EXPECT_THAT(lines[0], HasSubstr("40.000 ms"));
    EXPECT_THAT(lines[1], HasSubstr("one in 1 "));
    EXPECT_THAT(lines[1], HasSubstr("acquire ├─────┤                     0.000–10.000 ok token 7"));
    EXPECT_THAT(lines[2], HasSubstr("holds         █████████████████████ 10.000–40.000"));
    EXPECT_THAT(lines[3], HasSubstr("release                           ├ 40.000 asked token 7"));
    EXPECT_THAT(
        lines[4],
        HasSubstr("two in 0             acquire              ├─────┤        20.000–30.000 ok token 8"));
    EXPECT_THAT(lines[5], HasSubstr("holds                      █"));
}

TEST(check_timeline, fits_a_terminal_whatever_it_is_told) {
    const std::vector<std::string> owners{std::string(300, 'x'), "쿠폰쿠폰쿠폰쿠폰쿠폰쿠폰쿠폰쿠폰쿠폰쿠폰",
                                          "\x1b[31m\r\n\t", "\xff\xfe\x80", "\xe2\x80\xae esrever"};
    for (const auto& owner : owners) {
        const auto text = timeline_text(an_overlap(owner).proof);
        EXPECT_THAT(text, Not(HasSubstr("\x1b")));
        EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
        const auto lines = lines_of(text);
        EXPECT_EQ(lines.size(), 6U);
        for (const auto& line : lines) EXPECT_LE(columns_of(line), 100U) << line;
    }
}

TEST(check_timeline, cuts_by_columns) {
    EXPECT_EQ(plain("abc", 3), "abc");
    EXPECT_EQ(plain("abcd", 3), "ab…");
    EXPECT_EQ(plain("쿠폰", 4), "쿠폰");
    EXPECT_EQ(plain("쿠폰", 3), "쿠…");
    EXPECT_EQ(abridged("abcdefgh", 8), "abcdefgh");
    EXPECT_EQ(abridged("abcdefgh", 7), "abc…fgh");
    EXPECT_EQ(abridged("쿠폰쿠폰", 7), "쿠폰…폰");
    EXPECT_EQ(padded("쿠", 4), "쿠  ");
}

TEST(check_timeline, unknown_and_failed_outcomes_look_different) {
    events proof;
    const auto tried = [&](std::uint64_t operation, phase how, const char* why) {
        event one{.at_ns = 0, .operation = operation, .action = action::claim, .name = "c", .owner = "u"};
        one.value = "key";
        proof.push_back(one);
        one.at_ns = 1'000'000;
        one.phase = how;
        one.value = why;
        proof.push_back(one);
    };
    tried(1, phase::fail, "sold out");
    tried(2, phase::info, "cut");
    std::ranges::stable_sort(proof, {}, &event::at_ns);
    const auto text = timeline_text(proof);
    EXPECT_THAT(text, HasSubstr("─× 0.000–1.000 fail sold out"));
    EXPECT_THAT(text, HasSubstr("╌? 0.000–1.000 info cut"));
    EXPECT_THAT(text, HasSubstr("user u "));
}

TEST(check_timeline, a_long_proof_is_shown_by_its_ends) {
    events proof;
    for (std::uint64_t i = 1; i <= 1000; ++i)
        proof.push_back({.at_ns = static_cast<std::int64_t>(i),
                         .operation = i,
                         .action = action::claim,
                         .name = "c",
                         .owner = std::to_string(i)});
    const auto text = timeline_text(proof);
    EXPECT_EQ(lines_of(text).size(), 38U);
    EXPECT_THAT(text, HasSubstr("… 964 more lines"));
    EXPECT_THAT(text, HasSubstr("user 30 "));
    EXPECT_THAT(text, Not(HasSubstr("user 31 ")));
    EXPECT_THAT(text, HasSubstr("user 995 "));
    EXPECT_THAT(timeline_svg({.check = "stock", .proof = proof}), HasSubstr("964 more lines"));
}

TEST(check_timeline, a_picture_is_xml_whatever_it_is_told) {
    for (const std::string owner : {"<a&b>\"'", "\x01\x1b", "\xff\xff", "쿠폰"}) {
        const auto svg = timeline_svg(an_overlap(owner));
        const auto tree = parsed(svg);
        EXPECT_EQ(tree.get<std::string>("svg.<xmlattr>.viewBox").substr(0, 8), "0 0 1000");
        EXPECT_THAT(svg, HasSubstr("prefers-color-scheme"));
    }
    EXPECT_THAT(timeline_svg(an_overlap()), HasSubstr("class=\"hold\""));
    EXPECT_THAT(timeline_svg(an_overlap()), HasSubstr("holds do not overlap: lock"));
}

TEST(check_timeline, nothing_is_drawn_of_nothing) { EXPECT_EQ(timeline_text({}), ""); }

}  // namespace
}  // namespace dibs::check
