#include "locks/gates.hpp"
#include "tests/support/run_task.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace dibs::locks {
namespace {

using namespace std::chrono_literals;

TEST(locks_gates, who_is_inside_counts_however_long_nobody_else_comes) {
    asio::io_context io{1};
    const lock_name name("n");
    gates all(io.get_executor(), 5ms, gate_of_width(io.get_executor(), 1));
    auto inside = tests::run_task(io, enter(all, name, after(1s)));
    ASSERT_TRUE(inside);
    io.restart();
    io.run_for(50ms);  // what is not in use is forgotten
    EXPECT_FALSE(tests::run_task(io, enter(all, name, after(1ms))));
    inside.reset();
    EXPECT_TRUE(tests::run_task(io, enter(all, name, after(1s))));
}

}  // namespace
}  // namespace dibs::locks
