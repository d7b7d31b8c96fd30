#include "claims_bench/processes.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace dibs::claims_bench {
namespace {

double us_each(std::chrono::nanoseconds time, double operations) {
    return std::chrono::duration<double, std::micro>(time).count() / operations;
}

}  // namespace

cpu_split cpu_each(const cpu_reading& used, double operations) {
    return {0, us_each(used.services, operations), us_each(used.postgres, operations),
            us_each(used.redis, operations)};
}

std::size_t resident_memory(const std::vector<pid_t>& of) {
    std::size_t pages = 0;
    for (const pid_t one : of) {
        std::ifstream statistics(std::filesystem::path("/proc") / std::to_string(one) / "statm");
        std::size_t all = 0;
        std::size_t resident = 0;
        if (!(statistics >> all >> resident)) throw std::runtime_error("a process of the service has ended");
        pages += resident;
    }
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace dibs::claims_bench
