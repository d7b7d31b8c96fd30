#include "measure/machine.hpp"

#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace dibs::measure {
namespace {

[[noreturn]] void fail(int code, const char* doing) {
    throw std::system_error(code, std::generic_category(), doing);
}

std::vector<pid_t> threads_of(pid_t process) {
    std::vector<pid_t> found;
    const auto folder = std::filesystem::path("/proc") / std::to_string(process) / "task";
    for (const auto& one : std::filesystem::directory_iterator(folder))
        found.push_back(static_cast<pid_t>(std::stol(one.path().filename().native())));
    return found;
}

cpu_set_t first_of(const cpu_set_t& allowed) {
    for (std::size_t core = 0; core < CPU_SETSIZE; ++core) {
        if (!CPU_ISSET(core, &allowed)) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        return one;
    }
    fail(EINVAL, "no core to run on");
}

std::chrono::nanoseconds read_clock(clockid_t clock) {
    timespec used{};
    if (::clock_gettime(clock, &used) != 0) fail(errno, "clock_gettime");
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace

pinned::pinned(std::vector<pid_t> others) {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) fail(errno, "sched_getaffinity");
    const auto core = first_of(allowed);
    others.push_back(::getpid());
    for (const pid_t process : others) {
        for (const pid_t thread : threads_of(process)) {
            cpu_set_t former;
            CPU_ZERO(&former);
            if (::sched_getaffinity(thread, sizeof former, &former) != 0) fail(errno, "sched_getaffinity");
            if (::sched_setaffinity(thread, sizeof core, &core) != 0) fail(errno, "sched_setaffinity");
            before_.emplace_back(thread, former);
        }
    }
}

pinned::~pinned() {
    for (const auto& [thread, former] : before_) ::sched_setaffinity(thread, sizeof former, &former);
}

std::chrono::nanoseconds cpu_meter::used() const {
    auto sum = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    for (const pid_t process : others_) {
        clockid_t clock{};
        if (const int failed = ::clock_getcpuclockid(process, &clock)) fail(failed, "clock_getcpuclockid");
        sum += read_clock(clock);
    }
    return sum;
}

std::size_t resident_memory() {
    std::ifstream statistics("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    if (!(statistics >> all >> resident)) throw std::runtime_error("/proc/self/statm cannot be read");
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace dibs::measure
