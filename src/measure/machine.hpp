#pragma once

#include <sched.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

/// What the operating system says of processes.
namespace dibs::measure {

/// While this lives we and those processes (with all their threads) run on one core: waking another would be
/// most of what a latency shows.
class pinned {
   public:
    /// Throws std::system_error.
    explicit pinned(std::vector<pid_t> others);
    pinned(const pinned&) = delete;
    pinned& operator=(const pinned&) = delete;
    ~pinned();

   private:
    std::vector<std::pair<pid_t, cpu_set_t>> before_;  // by thread
};

/// The processor time that processes have used so far, ours included.
class cpu_meter {
   public:
    explicit cpu_meter(std::vector<pid_t> others) : others_(std::move(others)) {}
    /// Throws std::system_error where one of them has ended.
    std::chrono::nanoseconds used() const;

   private:
    std::vector<pid_t> others_;
};

/// Of this process, in bytes.
std::size_t resident_memory();

}  // namespace dibs::measure
