// The clock of a server that runs, set forward and back.
#include "fault/wall_clock.hpp"
#include "redis/connection.hpp"
#include "sandbox/redis_server.hpp"
#include "tests/support/run_task.hpp"

#include <gmock/gmock.h>

#include <charconv>

namespace dibs::faults {
namespace {

using namespace std::chrono_literals;
using redis::command;

/// A redis-server whose clock can be set.
class unreliable_server {
   public:
    unreliable_server(sandbox::supervisor& box, const std::string& name)
        : clock(box.folder() / (name + "-clock")), server_(box, options_for(name)) {
        server_.start();
        client_.emplace(io_.get_executor(), redis::endpoint_from_url(server_.url()));
    }

    redis::reply ask(command what) {
        return tests::run_task(io_, client_->execute(std::move(what), after(20s)));
    }
    /// How much its clock is before ours.
    std::chrono::milliseconds ahead() {
        const auto answer = ask(command("TIME"));
        const auto& seconds = answer.elements().at(0).text();
        std::int64_t shown = 0;
        std::from_chars(seconds.data(), seconds.data() + seconds.size(), shown);
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds(shown) - now);
    }

    wall_clock clock;

   private:
    sandbox::redis_options options_for(const std::string& name) const {
        sandbox::redis_options options;
        options.name = name;
        options.environment = clock.environment();
        return options;
    }

    sandbox::redis_server server_;
    asio::io_context io_{1};
    std::optional<redis::connection> client_;
};

class fault_clock : public testing::Test {
   protected:
    static void expect_near(std::chrono::milliseconds shown, std::chrono::milliseconds wanted) {
        EXPECT_GT(shown, wanted - 2s);
        EXPECT_LT(shown, wanted + 2s);
    }
    sandbox::supervisor box;
    unreliable_server server{box, "server"};
};

TEST_F(fault_clock, shows_the_time_that_it_is_set_to_while_it_runs) {
    expect_near(server.ahead(), 0s);
    server.clock.shift(1h);
    expect_near(server.ahead(), 1h);
    server.clock.shift(-2h);
    expect_near(server.ahead(), -2h);
    server.clock.shift(0s);
    expect_near(server.ahead(), 0s);
}

TEST_F(fault_clock, set_forward_it_ends_leases_and_set_back_it_keeps_them) {
    const auto set = [](const char* key) {
        return command("SET").arg(key).arg("owner").arg("PX").arg(10'000);
    };
    server.ask(set("ends"));
    server.clock.shift(11s);
    EXPECT_TRUE(server.ask(command("GET").arg("ends")).is_nil());
    server.ask(set("lingers"));
    server.clock.shift(-1h);
    EXPECT_GT(server.ask(command("PTTL").arg("lingers")).integer(), std::chrono::milliseconds(1h).count());
}

TEST_F(fault_clock, is_one_servers_own) {
    unreliable_server other(box, "other");
    server.clock.shift(1h);
    expect_near(server.ahead(), 1h);
    expect_near(other.ahead(), 0s);
}

}  // namespace
}  // namespace dibs::faults
