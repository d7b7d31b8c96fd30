// `dibs check` as its users see it; what it judges by has tests of its own.
#include "history/event.hpp"
#include "tests/support/run_program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace dibs::tests {
namespace {

using history::action;
using history::phase;
using testing::HasSubstr;
using testing::Not;

class dibs_check : public testing::Test {
   protected:
    dibs_check() { std::filesystem::create_directories(folder()); }

    std::filesystem::path folder() const { return box.folder() / "none" / "queue"; }
    program_end check(std::vector<std::string> words) {
        words.insert(words.begin(), "check");
        return run_program(box, DIBS_PROGRAM, std::move(words));
    }
    void add(const std::string& text) { std::ofstream(folder() / "one.history", std::ios::app) << text; }
    void record(std::int64_t ms, std::uint64_t operation, action what, phase how, const std::string& owner) {
        history::event one;
        one.at_ns = ms * 1'000'000;
        one.process = 1;
        one.operation = operation;
        one.action = what;
        one.phase = how;
        one.name = "ledger";
        one.owner = owner;
        add(history::to_line(one));
    }
    /// A hold from `begin`, in ms; each takes four records.
    void hold(std::uint64_t number, std::int64_t begin, std::int64_t end, const std::string& owner) {
        record(begin - 1, 2 * number, action::acquire, phase::invoke, "");
        record(begin, 2 * number, action::acquire, phase::ok, owner);
        record(end, 2 * number + 1, action::release, phase::invoke, owner);
        record(end + 1, 2 * number + 1, action::release, phase::ok, owner);
    }
    static std::string contents(const std::filesystem::path& of) {
        std::ifstream file(of);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    sandbox::supervisor box;
};

TEST_F(dibs_check, finds_nothing_wrong_where_nothing_is) {
    hold(1, 10, 20, "ann");
    hold(2, 30, 40, "bea");
    const auto ran = check({box.folder() / "none"});
    EXPECT_EQ(ran.status, 0) << ran.errors;
    EXPECT_THAT(ran.out, HasSubstr("holds do not overlap"));
    EXPECT_THAT(ran.out, Not(HasSubstr("VIOLATED")));
}

TEST_F(dibs_check, proves_and_draws_what_is_wrong) {
    hold(1, 10, 20, "ann");
    hold(2, 15, 40, "bea");
    const auto ran = check(
        {box.folder() / "none", "--svg", box.folder() / "drawn", "--json", box.folder() / "found.json"});
    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.out, HasSubstr("ledger was granted to bea while ann went on with it for 5.000 ms"));
    const auto written = boost::json::parse(contents(box.folder() / "found.json"));
    const auto& checks = written.at("histories").at(0).at("checks").as_array();
    const auto* const overlap = std::ranges::find_if(
        checks, [](const auto& one) { return one.at("check") == "holds do not overlap"; });
    ASSERT_NE(overlap, checks.end());
    EXPECT_EQ(overlap->at("verdict"), "violated");
    EXPECT_EQ(overlap->at("violations"), 1);
    std::vector<std::filesystem::path> drawn;
    for (const auto& file : std::filesystem::recursive_directory_iterator(box.folder() / "drawn"))
        if (file.path().extension() == ".svg") drawn.push_back(file.path());
    ASSERT_EQ(drawn.size(), 1U);
    EXPECT_THAT(contents(drawn.front()), HasSubstr("bea"));
}

TEST_F(dibs_check, says_that_a_last_line_was_torn) {
    hold(1, 10, 20, "ann");
    add("30000000\t1\t9\tacq");
    const auto ran = check({box.folder() / "none"});
    EXPECT_EQ(ran.status, 0) << ran.errors;
    EXPECT_THAT(ran.out, HasSubstr("torn"));
}

TEST_F(dibs_check, says_what_cannot_be_read) {
    EXPECT_THAT(check({box.folder() / "nowhere"}).errors, HasSubstr("nowhere"));
    EXPECT_NE(check({box.folder() / "none"}).status, 0) << "there is no history";
    add("rubbish\n");
    const auto ran = check({box.folder() / "none"});
    EXPECT_NE(ran.status, 0);
    EXPECT_THAT(ran.errors, HasSubstr("one.history:1"));
    EXPECT_NE(check({box.folder() / "none", "--stock", "coupon"}).status, 0);
}

}  // namespace
}  // namespace dibs::tests
