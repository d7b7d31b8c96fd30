#pragma once

#include <sys/types.h>

#include <chrono>
#include <vector>

/// Processor time of other processes than ours, as the operating system has it.
namespace dibs::experiment {

/// Whose processor time is told apart.
struct parties {
    std::vector<pid_t> services;
    pid_t postgres = 0;        ///< the postmaster; its children count with it; 0: not ours
    std::vector<pid_t> redis;  ///< all servers; none: not ours
};

/// The processor time of each party so far; their differences are what counts.
struct cpu_reading {
    std::chrono::nanoseconds ours{0};  ///< of this process
    std::chrono::nanoseconds services{0};
    std::chrono::nanoseconds postgres{0};
    std::chrono::nanoseconds redis{0};
    std::chrono::nanoseconds stolen{0};  ///< as sandbox::stolen_time()

    cpu_reading since(const cpu_reading& before) const;
};

/// A session of PostgreSQL that ends between two readings takes its time along.
cpu_reading read_cpu(const parties& of);

}  // namespace dibs::experiment
