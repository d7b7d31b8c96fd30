// What is installed beside the program says of `dibs serve` what the program says itself.
#include "tests/support/serve_trial.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace dibs::tests {
namespace {

namespace fs = std::filesystem;

using testing::IsSupersetOf;
using names = std::set<std::string>;

std::string content_of(const fs::path& path) {
    std::ifstream file(path);
    EXPECT_TRUE(file.is_open()) << path;
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

names matches(const std::string& text, const char* pattern) {
    const std::regex wanted(pattern, std::regex::multiline);
    names all;
    for (std::sregex_iterator one(text.begin(), text.end(), wanted), end; one != end; ++one)
        all.insert((*one)[1]);
    return all;
}

class serve_packaging : public testing::Test {
   protected:
    /// Those that `dibs serve --help` lists.
    names options() {
        const auto how = run_program(box, DIBS_PROGRAM, {"serve", "--help"});
        EXPECT_EQ(how.status, 0) << how.errors;
        auto all = matches(how.out, "^ +(?:-h,)?(--[a-z-]+)");
        EXPECT_GT(all.size(), 20U) << how.out;
        return all;
    }
    sandbox::supervisor box;
};

TEST_F(serve_packaging, the_unit_calls_it_as_it_can_be_called) {
    const auto unit = content_of(DIBS_UNIT);
    const auto called = matches(unit, "^ExecStart=(.*)$");
    ASSERT_EQ(called.size(), 1U) << unit;
    EXPECT_THAT(*called.begin(), testing::HasSubstr("/dibs serve "));
    const auto given = matches(*called.begin(), " (--[a-z-]+)");
    EXPECT_FALSE(given.empty());
    EXPECT_THAT(options(), IsSupersetOf(given));
    EXPECT_THAT(unit, testing::HasSubstr("\nType=notify\n"));
    EXPECT_THAT(unit, testing::HasSubstr("\nExecReload=/bin/kill -HUP $MAINPID\n"));
    EXPECT_THAT(matches(content_of(DIBS_TEST_DATA "/../../packaging/dibs.sysusers"), "^u ([a-z]+) "),
                testing::ElementsAre(*matches(unit, "^User=(.*)$").begin()));
}

TEST_F(serve_packaging, systemd_has_nothing_against_the_unit) {
    const fs::path checker = "/usr/bin/systemd-analyze";
    if (!fs::exists(checker)) return;  // the test above looks at what matters most
    auto unit = content_of(DIBS_UNIT);
    const auto called = *matches(unit, "^ExecStart=([^ ]+) ").begin();
    boost::algorithm::replace_all(unit, called, DIBS_PROGRAM);  // it need not be installed yet
    const auto how = run_program(box, checker, {"verify", "--man=no", file_in(box, "dibs.service", unit)});
    EXPECT_EQ(how.status, 0);
    EXPECT_EQ(how.errors, "");
}

#ifdef DIBS_MAN_PAGES
TEST_F(serve_packaging, the_manual_page_has_the_options_that_there_are) {
    auto page = content_of(fs::path(DIBS_MAN_PAGES) / "dibs-serve.1");
    boost::algorithm::replace_all(page, "\\-", "-");
    EXPECT_EQ(matches(page, "^\\\\fB(?:-h\\\\fR,)?(--[a-z-]+)"), options());
}

TEST_F(serve_packaging, man_has_nothing_against_the_pages) {
    const fs::path man = "/usr/bin/man";
    int pages = 0;
    for (const auto& entry : fs::directory_iterator(DIBS_MAN_PAGES)) {
        ++pages;
        EXPECT_TRUE(content_of(entry.path()).starts_with(".\\\" DO NOT MODIFY")) << entry.path();
        if (!fs::exists(man)) continue;
        const auto how = run_program(
            box, man,
            {"--warnings", "-E", "UTF-8", "-l", "-Tutf8", "--no-justification", "-Z", entry.path()});
        EXPECT_EQ(how.status, 0) << entry.path();
        EXPECT_EQ(how.errors, "") << entry.path();
    }
    EXPECT_GT(pages, 5);
}
#endif

}  // namespace
}  // namespace dibs::tests
