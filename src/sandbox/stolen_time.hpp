#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

/// What the host of a virtual machine takes from it.
namespace dibs::sandbox {

/// Processor time in which a process of this machine, whosever, could have run and the host ran others: of
/// all processors together, since the machine started. Zero where the kernel does not say.
std::chrono::nanoseconds stolen_time();

/// The same from the text of /proc/stat. Pure.
std::chrono::nanoseconds stolen_in(std::string_view proc_stat, std::int64_t ticks_a_second);

}  // namespace dibs::sandbox
