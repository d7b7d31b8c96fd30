// What is recorded is read again, and what a crash tears is noticed.
#include "history/reader.hpp"
#include "history/writer.hpp"
#include "sandbox/supervisor.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace dibs::history {
namespace {

using testing::HasSubstr;

class history_files : public testing::Test {
   protected:
    sandbox::supervisor box_;
    std::filesystem::path folder_ = box_.folder();

    void put(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
};

event example() {
    return {.at_ns = 17,
            .process = 3,
            .operation = 9,
            .action = action::write,
            .phase = phase::fail,
            .name = "a:1",
            .owner = "o.1",
            .token = 18'446'744'073'709'551'615U,
            .value = "tab\t, line\nend\r, back\\slash \\t"};
}

TEST(history_event, a_line_means_what_was_recorded) {
    const auto line = to_line(example());
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_EQ(event_from(std::string_view(line).substr(0, line.size() - 1)), example());
    EXPECT_EQ(to_line({}), "0\t0\t0\tacquire\tinvoke\t\t\t\t\n");
}

TEST_F(history_files, are_merged_by_time) {
    {
        writer one(folder_ / "one.history");
        writer two(folder_ / "two.history");
        for (std::uint64_t i = 0; i < 10; ++i) {
            auto next = example();
            next.operation = i;
            (i % 3 == 0 ? one : two).write(next);
        }
    }
    put("notes.txt", "of somebody else");
    const auto all = read(folder_);
    ASSERT_EQ(all.events.size(), 10U);
    for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(all.events[i].operation, i);
    EXPECT_GT(all.events[0].at_ns, 17);
    EXPECT_EQ(all.torn, 0U);
}

TEST_F(history_files, a_torn_last_line_is_left_out_and_counted) {
    const auto line = to_line(example());
    put("one.history", line + line.substr(0, line.size() - 1));
    const auto all = read(folder_);
    EXPECT_EQ(all.events.size(), 1U);
    EXPECT_EQ(all.torn, 1U);
}

TEST_F(history_files, what_is_no_record_is_named_by_file_and_line) {
    const auto line = to_line(example());
    const auto refused = [&](const std::string& wrong, const char* why) {
        put("one.history", line + wrong + line);
        try {
            read(folder_ / "one.history");
            ADD_FAILURE() << wrong;
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), HasSubstr("one.history:2: "));
            EXPECT_THAT(error.what(), HasSubstr(why));
        }
    };
    refused("nonsense\n", "9 fields");
    refused("x\t0\t0\tacquire\tinvoke\t\t\t\t\n", "time is no number: 'x'");
    refused("0\t0\t0\tacquires\tinvoke\t\t\t\t\n", "'acquires' is no action");
    refused("0\t0\t0\tacquire\tinvoked\t\t\t\t\n", "'invoked' is no phase");
    refused("0\t0\t0\tacquire\tinvoke\t\t\t\t\t\n", "9 fields");
    EXPECT_THROW(read(folder_ / "none.history"), std::runtime_error);
    EXPECT_THROW(writer(folder_ / "no" / "such" / "folder.history"), std::system_error);
}

TEST_F(history_files, whoever_is_killed_loses_its_last_record_at_most) {
    const auto file = folder_ / "one.history";
    std::array<int, 2> told{};
    ASSERT_EQ(pipe(told.data()), 0);
    const auto child = fork();
    if (child == 0) {
        writer one(file);
        for (std::uint64_t i = 0;; ++i) {
            auto next = example();
            next.operation = i;
            one.write(next);
            if (i == 1000) write(told[1], "x", 1);
        }
    }
    char heard = 0;
    ASSERT_EQ(::read(told[0], &heard, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const auto all = read(file);
    EXPECT_GT(all.events.size(), 1000U);
    for (std::size_t i = 0; i < all.events.size(); ++i) ASSERT_EQ(all.events[i].operation, i);
}

}  // namespace
}  // namespace dibs::history
