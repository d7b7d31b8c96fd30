#include <dibs/mutex.hpp>

#include <mutex>

/// What a host program loads.
extern "C" void run_alone(const char* url) {
    const auto locks = dibs::client::connect(dibs::config::from_url(url));
    dibs::mutex mine(locks, "plugin");
    const std::scoped_lock held(mine);
}
