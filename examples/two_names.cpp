// A transfer that needs two locks, from any number of threads and processes, without a deadlock.
// usage: two_names [REDIS-URL]
#include <dibs/mutex.hpp>

#include <cstdlib>
#include <exception>
#include <future>
#include <iostream>
#include <mutex>

namespace {

struct account {
    const char* name;
    int balance;
};

void transfer(const dibs::client& locks, account& from, account& to) {
    dibs::mutex giving(locks, from.name);
    dibs::mutex taking(locks, to.name);
    const std::scoped_lock both(giving,
                                taking);  // whatever order it takes them in, it backs off where it must
    --from.balance;
    ++to.balance;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto locks =
            dibs::client::connect(dibs::config::from_url(argc > 1 ? argv[1] : "redis://localhost:6379"));
        account ann{"account:ann", 100};
        account bob{"account:bob", 100};
        auto there = std::async(std::launch::async, [&] {
            for (int i = 0; i < 20; ++i) transfer(locks, ann, bob);
        });
        auto back = std::async(std::launch::async, [&] {
            for (int i = 0; i < 10; ++i) transfer(locks, bob, ann);
        });
        there.get();  // throws what was thrown there: Redis may be away
        back.get();
        std::cout << "ann " << ann.balance << ", bob " << bob.balance << std::endl;
    } catch (const std::exception& failure) {
        std::cerr << failure.what() << '\n';
        return EXIT_FAILURE;
    }
}
