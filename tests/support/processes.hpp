#pragma once

#include "sandbox/process.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dibs::tests {

/// The processes that descend from `ancestor` now.
std::vector<pid_t> descendants_of(pid_t ancestor);

/// How a process has ended; throws std::runtime_error where it does not within a minute.
sandbox::exit_status end_of(sandbox::process& one);

/// The next line of its stdout; throws std::runtime_error, with its stderr, where none comes within a minute.
std::string next_line(sandbox::process& from);

/// Waits until a process that was just started handles `signal`, which until then would kill it. Throws
/// std::runtime_error where it does not within a minute.
void await_handler(pid_t process, int signal);

/// Waits until none of these processes exists. Returns those who still do at that time.
std::vector<pid_t> await_gone(std::vector<pid_t> processes, sandbox::clock::time_point until);

/// Waits until this folder does not exist. False: it still does at that time.
bool await_gone(const std::filesystem::path& folder, sandbox::clock::time_point until);

/// Waits until this file exists. False: it does not yet at that time.
bool await_there(const std::filesystem::path& file, sandbox::clock::time_point until);

}  // namespace dibs::tests
