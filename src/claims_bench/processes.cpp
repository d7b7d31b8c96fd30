#include "claims_bench/processes.hpp"

#include "sandbox/process_table.hpp"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace dibs::claims_bench {
namespace {

/// With all its threads; zero of one that has ended.
std::chrono::nanoseconds used_by(pid_t process) {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

double us_each(std::chrono::nanoseconds time, double operations) {
    return std::chrono::duration<double, std::micro>(time).count() / operations;
}

}  // namespace

cpu_split cpu_reading::since(const cpu_reading& before, double operations) const {
    return {0, us_each(services - before.services, operations),
            us_each(postgres - before.postgres, operations), us_each(redis - before.redis, operations)};
}

cpu_reading read_cpu(const parties& of) {
    cpu_reading read;
    for (const pid_t one : of.services) read.services += used_by(one);
    read.postgres = used_by(of.postgres);
    for (const pid_t child : sandbox::children_of(of.postgres)) read.postgres += used_by(child);
    read.redis = used_by(of.redis);
    return read;
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
