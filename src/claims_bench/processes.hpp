#pragma once

#include "claims_bench/figure.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <vector>

/// What the operating system says of other processes than ours.
namespace dibs::claims_bench {

/// Whose processor time is told apart.
struct parties {
    std::vector<pid_t> services;
    pid_t postgres = 0;  ///< the postmaster; its children count with it
    pid_t redis = 0;
};

/// The processor time of each party so far; their differences are what counts.
struct cpu_reading {
    std::chrono::nanoseconds services{0};
    std::chrono::nanoseconds postgres{0};
    std::chrono::nanoseconds redis{0};

    /// µs an operation between that reading and this one; the generator's is another's to say.
    cpu_split since(const cpu_reading& before, double operations) const;
};

/// A session of PostgreSQL that ends between two readings takes its time along.
cpu_reading read_cpu(const parties& of);

/// Of those processes together, in bytes. Throws std::runtime_error where one has ended.
std::size_t resident_memory(const std::vector<pid_t>& of);

}  // namespace dibs::claims_bench
