// One process leads; when it loses the lock it is told in time to stop before another can begin, unless it is
// itself paused, or Redis loses its data (docs/guarantees.md).
// usage: leader [REDIS-URL]
#include <dibs/mutex.hpp>

#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <mutex>
#include <stop_token>

namespace {

/// Leads until it is told to stop.
void lead(std::stop_token lost) {
    std::mutex quiet;
    std::condition_variable_any change;
    std::unique_lock lock(quiet);
    change.wait(lock, std::move(lost), [] { return false; });
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto locks =
            dibs::client::connect(dibs::config::from_url(argc > 1 ? argv[1] : "redis://localhost:6379"));
        dibs::lock_request request("leader:scheduler");
        request.lease = std::chrono::seconds(1);  // how long the others wait for a leader that died
        dibs::mutex leadership(locks, request);
        for (;;) {
            leadership.lock();
            std::cout << "leading with token " << leadership.token()->value() << std::endl;
            lead(leadership.lost());
            std::cout << "no longer the leader" << std::endl;
            leadership.unlock();
        }
    } catch (const std::exception& failure) {
        std::cerr << failure.what() << '\n';
        return EXIT_FAILURE;
    }
}
