#pragma once

#include "sandbox/servers.hpp"
#include "tests/support/lock_servers.hpp"
#include "tests/support/run_task.hpp"

#include <dibs/lock.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dibs::tests {

/// Redis, five masters for redlock and PostgreSQL, shared by the tests of a program.
sandbox::servers& shared_servers();
server_urls urls_of(const sandbox::servers& servers);

/// A test in one process with lockers of its own; names are not shared between tests.
class lock_test : public testing::Test {
   public:
    ~lock_test() override;

   protected:
    lock_test();

    /// `lock` is an algorithm or a bug (broken_lockers.hpp).
    std::unique_ptr<locks::locker> make(const std::string& lock);
    lock_request request(std::chrono::milliseconds wait) const;

    template <class T>
    T run(task<T> work) {
        return run_task(io_, std::move(work));
    }

    task<std::optional<locks::lease>> take(locks::locker& locker, std::chrono::milliseconds wait,
                                           std::chrono::milliseconds for_long = std::chrono::seconds(10));
    /// Of the main Redis server.
    task<redis::reply> ask(redis::command what);
    /// Returns when so many stand in the queue at the main Redis server.
    task<void> await_queue(std::int64_t waiters = 1);

    /// The keys of this test's lock that are on the main Redis server, without its token.
    task<std::vector<std::string>> keys_left();

    asio::io_context io_{1};
    std::string name_;
    std::unique_ptr<lock_servers> servers_;
};

}  // namespace dibs::tests
