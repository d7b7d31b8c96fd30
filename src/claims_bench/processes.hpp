#pragma once

#include "claims_bench/figure.hpp"
#include "experiment/cpu_time.hpp"

#include <sys/types.h>

#include <cstddef>
#include <vector>

/// What the operating system says of other processes than ours.
namespace dibs::claims_bench {

using experiment::cpu_reading;
using experiment::parties;
using experiment::read_cpu;

/// µs an operation; the generator's is another's to say.
cpu_split cpu_each(const cpu_reading& used, double operations);

/// Of those processes together, in bytes. Throws std::runtime_error where one has ended.
std::size_t resident_memory(const std::vector<pid_t>& of);

}  // namespace dibs::claims_bench
