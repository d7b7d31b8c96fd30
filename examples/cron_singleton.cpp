// A nightly job that every machine starts and one of them does. Whose clock is late by more than the job
// takes does it again: where that matters, keep on record under the lock what was done. usage: cron_singleton
// [REDIS-URL [MILLISECONDS]]
#include <dibs/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

struct job {
    std::string url = "redis://localhost:6379";
    std::chrono::milliseconds takes = 1s;
};

asio::awaitable<void> work(const asio::any_io_executor& executor, std::chrono::milliseconds takes) {
    asio::steady_timer pretending(executor, takes);
    co_await pretending.async_wait(asio::use_awaitable);
}

asio::awaitable<void> do_once(asio::any_io_executor executor, job what) {
    auto servers = dibs::config::from_url(what.url);
    auto locks = co_await dibs::client::connect(executor, std::move(servers));
    dibs::lock_request request("cron:nightly-report");
    request.wait = 0ms;  // whoever comes second does not wait for its turn
    auto lease = co_await locks.acquire(request);
    if (!lease) {
        std::cout << "another machine does it" << std::endl;
    } else {
        std::cout << "doing the nightly report" << std::endl;
        co_await work(executor, what.takes);  // meanwhile the lease is renewed
        std::cout << (lease->valid() ? "done" : "lost the lock: " + lease->loss()) << std::endl;
        co_await lease->release();
    }
    co_await locks.close();
}

}  // namespace

int main(int argc, char** argv) {
    job what;
    if (argc > 1) what.url = argv[1];
    if (argc > 2) what.takes = std::chrono::milliseconds(std::atoi(argv[2]));
    asio::io_context io(1);
    std::exception_ptr failure;
    asio::co_spawn(io, do_once(io.get_executor(), what), [&](std::exception_ptr thrown) {
        failure = std::move(thrown);
        io.stop();
    });
    io.run();
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (const std::exception& thrown) {
        std::cerr << thrown.what() << '\n';
        return EXIT_FAILURE;
    }
}
