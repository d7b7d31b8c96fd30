#include "experiment/cpu_time.hpp"

#include "sandbox/process_table.hpp"
#include "sandbox/stolen_time.hpp"

#include <ctime>

namespace dibs::experiment {
namespace {

std::chrono::nanoseconds read_cpu_clock(clockid_t clock) {
    timespec used{};
    if (::clock_gettime(clock, &used) != 0) return {};
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

/// With all its threads; zero of one that has ended.
std::chrono::nanoseconds used_by(pid_t process) {
    clockid_t clock{};
    return ::clock_getcpuclockid(process, &clock) == 0 ? read_cpu_clock(clock) : std::chrono::nanoseconds(0);
}

}  // namespace

cpu_reading cpu_reading::since(const cpu_reading& before) const {
    return {ours - before.ours, services - before.services, postgres - before.postgres, redis - before.redis,
            stolen - before.stolen};
}

cpu_reading read_cpu(const parties& of) {
    cpu_reading read;
    read.ours = read_cpu_clock(CLOCK_PROCESS_CPUTIME_ID);
    read.stolen = sandbox::stolen_time();
    for (const pid_t one : of.services) read.services += used_by(one);
    for (const pid_t one : of.redis) read.redis += used_by(one);
    if (of.postgres == 0) return read;
    read.postgres = used_by(of.postgres);
    for (const pid_t child : sandbox::children_of(of.postgres)) read.postgres += used_by(child);
    return read;
}

}  // namespace dibs::experiment
