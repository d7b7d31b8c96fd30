// `dibs torture` as its users see it.
#include "tests/support/run_program.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace dibs::tests {
namespace {

using testing::HasSubstr;

class dibs_torture : public testing::Test {
   protected:
    program_end torture(std::vector<std::string> words) {
        words.insert(words.begin(), "torture");
        return run_program(box, DIBS_PROGRAM, std::move(words));
    }
    std::filesystem::path place(const std::string& name) const { return box.folder() / name; }
    std::string text_of(const std::filesystem::path& file) const {
        std::stringstream text;
        text << std::ifstream(file).rdbuf();
        return text.str();
    }
    static std::size_t lines_in(const std::string& text) {
        return static_cast<std::size_t>(std::ranges::count(text, '\n'));
    }

    sandbox::supervisor box;
};

TEST_F(dibs_torture, tells_locks_that_hold_under_a_pause_from_those_that_do_not) {
    program_end ran;
    std::filesystem::path out;
    // On a busy machine a few pauses may meet nobody who goes on with a lock.
    for (int seed = 1; seed <= 5 && ran.out.find("unsafe by design") == std::string::npos; ++seed) {
        out = place("out-" + std::to_string(seed));
        ran = torture({"--algorithm", "database,spinlock,fencing", "--fault", "holder-paused", "--duration",
                       "6s", "--seed", std::to_string(seed), "--json", place("matrix.json"), "--out", out});
        ASSERT_EQ(ran.status, 0) << ran.out << ran.errors;
        EXPECT_THAT(ran.out, HasSubstr("dibs torture --seed " + std::to_string(seed) + "\n"));
    }
    EXPECT_THAT(ran.out, HasSubstr("| holder-paused | safe     | unsafe by design ("));
    const auto kept = out / "holder-paused";
    EXPECT_THAT(ran.out, HasSubstr("spinlock under holder-paused: " + (kept / "spinlock").native()));
    EXPECT_EQ(ran.out.find("fencing under"), std::string::npos) << ran.out;
    EXPECT_THAT(text_of(kept / "spinlock" / "holds-do-not-overlap.txt"), HasSubstr("holds"));
    EXPECT_THAT(text_of(kept / "spinlock" / "holds-do-not-overlap.svg"), HasSubstr("<svg"));
    EXPECT_GE(lines_in(text_of(kept / "spinlock" / "holds-do-not-overlap.proof")), 5U);
    EXPECT_GT(lines_in(text_of(kept / "fencing" / "worker-1.history")), 100U);

    const auto matrix = boost::json::parse(text_of(place("matrix.json"))).at("matrix").as_array();
    ASSERT_EQ(matrix.size(), 3U);
    for (const auto& cell : matrix) {
        EXPECT_EQ(cell.at("fault").as_string(), "holder-paused");
        EXPECT_GT(cell.at("operations").to_number<int>(), 300);
        EXPECT_GE(cell.at("troubles").to_number<int>(), 1);
        EXPECT_LE(cell.at("recovery_ms").to_number<int>(), 2000);
        EXPECT_GE(cell.at("stale_writes_offered").to_number<int>(), 0);
        EXPECT_TRUE(cell.at("broken").as_array().empty());
        const bool is_spinlock = cell.at("algorithm").as_string() == "spinlock";
        EXPECT_EQ(cell.at("expected").as_string(), is_spinlock ? "unsafe" : "safe");
        EXPECT_EQ(cell.at("verdict").as_string(), is_spinlock ? "unsafe by design" : "safe");
        EXPECT_EQ(cell.at("overlaps").to_number<int>() > 0 || !is_spinlock, true);
        EXPECT_EQ(cell.at("stale_writes_accepted").to_number<int>() == 0 || is_spinlock, true);
    }
}

TEST_F(dibs_torture, makes_trouble_for_servers) {
    const auto ran = torture({"--algorithm", "queue,redlock", "--fault", "clock-forward,masters-forgetful",
                              "--duration", "6s", "--seed", "1"});
    ASSERT_EQ(ran.status, 0) << ran.out << ran.errors;
    EXPECT_THAT(ran.out, testing::ContainsRegex("clock-forward +\\| unsafe by design"));
    EXPECT_THAT(ran.out, testing::ContainsRegex("masters-forgetful +\\| - +\\| unsafe by design"));
}

TEST_F(dibs_torture, says_what_is_wrong_with_its_options) {
    const auto complaint = [this](std::vector<std::string> words) {
        const auto ran = torture(std::move(words));
        EXPECT_NE(ran.status, 0);
        EXPECT_EQ(ran.out, "") << "it began";
        return ran.errors;
    };
    EXPECT_THAT(complaint({"--fault", "earthquake"}), HasSubstr("--fault: earthquake not in {none,"));
    EXPECT_THAT(complaint({"--quick", "--fault", "flushall"}), HasSubstr("--fault excludes --quick"));
    EXPECT_THAT(complaint({"--quick", "--algorithm", "queue"}), HasSubstr("--algorithm excludes --quick"));
    EXPECT_THAT(complaint({"--duration", "10"}), HasSubstr("--duration"));
    EXPECT_THAT(complaint({"--workers", "1"}), HasSubstr("--workers"));
    EXPECT_THAT(complaint({"--out", "/dev/null/here"}),
                HasSubstr("--out /dev/null/here: cannot make this folder: Not a directory"));
    std::filesystem::create_directories(place("used") / "holder-paused");
    EXPECT_THAT(complaint({"--out", place("used"), "--fault", "none", "--duration", "100ms"}),
                HasSubstr("this folder is not empty"));
    EXPECT_THAT(complaint({"--json", "/dev/null/here"}), HasSubstr("/dev/null/here"));
}

}  // namespace
}  // namespace dibs::tests
