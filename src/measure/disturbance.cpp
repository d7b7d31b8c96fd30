#include "measure/disturbance.hpp"

#include "sandbox/stolen_time.hpp"

#include <unistd.h>

namespace dibs::measure {

host_watch::host_watch() : stolen_before_(sandbox::stolen_time()), since_(std::chrono::steady_clock::now()) {}

double host_watch::stolen_share() const {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - since_;
    const std::chrono::duration<double> stolen = sandbox::stolen_time() - stolen_before_;
    return stolen / (passed * static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN)));
}

bool retakes::again(double stolen_share) {
    if (stolen_share <= disturbing_share) return false;
    if (count_.again == spare_) {
        ++count_.kept;
        return false;
    }
    ++count_.again;
    return true;
}

}  // namespace dibs::measure
