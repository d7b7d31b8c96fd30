#include <dibs/fencing.hpp>
#include <dibs/mutex.hpp>

#include <iostream>
#include <mutex>

int main(int, char** argv) {
    const auto locks = dibs::client::connect(dibs::config::from_url(argv[1]));
    dibs::mutex mine(locks, "stranger");
    const std::scoped_lock held(mine);
    std::cout << (mine.token() ? "held" : "not held") << '\n';
}
