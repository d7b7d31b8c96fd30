#include "measure/pipelined.hpp"

#include "core/task_group.hpp"
#include "measure/library.hpp"
#include "measure/plain_lock.hpp"
#include "redis/connection.hpp"
#include "redis/endpoint.hpp"
#include "redis/script.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace dibs::measure {
namespace {

constexpr std::size_t coroutines = 512;
constexpr std::size_t cycles_each = 100;
constexpr std::chrono::seconds round_patience{10};

/// The lock's commands on our own connection, and nothing else.
class bare_user final : public user {
   public:
    bare_user(redis::connection& on, const lock_name& name)
        : on_(on), commands_(lock_commands::kind::queue, name) {}

    task<bool> acquire(std::chrono::milliseconds) override {
        co_await redis::evaluate(on_, commands_.acquire(), after(round_patience));
        co_return true;
    }
    task<void> release() override {
        co_await redis::evaluate(on_, commands_.release(), after(round_patience));
    }

   private:
    redis::connection& on_;
    lock_commands commands_;
};

task<void> all(asio::any_io_executor executor, const std::vector<std::unique_ptr<user>>& users,
               std::size_t count) {
    task_group group(executor);
    for (const auto& who : users) group.spawn(repeat_cycle(*who, count));
    co_await group.join();
}

std::string name_of(std::size_t number) { return fmt::format("measure:pipelined:{}", number); }

}  // namespace

trial cycles_side_by_side(asio::io_context& io, const std::vector<std::unique_ptr<user>>& users,
                          const cpu_meter& meter, std::size_t count) {
    return [&io, &users, &meter, count] {
        return rate_of(meter, users.size() * count,
                       [&] { run_to_end(io, all(io.get_executor(), users, count)); });
    };
}

figure measure_pipelined_cycles(sandbox::servers& on, std::size_t repeats) {
    const std::vector<pid_t> servers{on.redis().pid()};
    const pinned together(servers);
    const cpu_meter meter(servers);
    library ours(config::from_url(on.redis_url()));
    redis::connection connection(ours.io.get_executor(), redis::endpoint_from_url(on.redis_url()));
    std::vector<std::unique_ptr<user>> with_library;
    std::vector<std::unique_ptr<user>> with_connection;
    for (std::size_t i = 0; i < coroutines; ++i) {
        with_library.push_back(ours.users(lock_request(name_of(i))));
        with_connection.push_back(std::make_unique<bare_user>(connection, lock_name(name_of(i))));
    }
    return interleaved({"cycle_pipelined", "cycles/s"}, repeats,
                       cycles_side_by_side(ours.io, with_library, meter, cycles_each),
                       cycles_side_by_side(ours.io, with_connection, meter, cycles_each));
}

}  // namespace dibs::measure
