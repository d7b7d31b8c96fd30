// A program of threads whose workers take turns with those of every other such program.
// usage: threads [REDIS-URL]
#include <dibs/mutex.hpp>

#include <cstdlib>
#include <exception>
#include <future>
#include <iostream>
#include <mutex>
#include <vector>

int main(int argc, char** argv) {
    try {
        const auto locks =
            dibs::client::connect(dibs::config::from_url(argc > 1 ? argv[1] : "redis://localhost:6379"));
        int done = 0;  // stands for what only one of all may touch
        std::vector<std::future<void>> workers;
        for (int i = 0; i < 4; ++i)
            workers.push_back(std::async(std::launch::async, [&] {
                // One object for each thread: the name is what is shared.
                dibs::mutex turn(locks, "report:daily");
                for (int piece = 0; piece < 25; ++piece) {
                    const std::lock_guard guard(turn);
                    ++done;
                }
            }));
        for (auto& one : workers) one.get();  // throws what its worker threw: Redis may be away
        std::cout << done << " pieces done" << std::endl;
    } catch (const std::exception& failure) {
        std::cerr << failure.what() << '\n';
        return EXIT_FAILURE;
    }
}
