#pragma once

#include "history/event.hpp"

#include <filesystem>

namespace dibs::history {

/// Appends the records of one process to a file of its own, each by one write: a crash loses at most the
/// last. Not thread-safe.
class writer {
   public:
    /// Makes the file where it is not there. Throws std::system_error with its path.
    explicit writer(std::filesystem::path file);
    writer(const writer&) = delete;
    writer& operator=(const writer&) = delete;
    ~writer();

    /// With the time at which it is called in place of `at_ns`. Throws std::system_error.
    void write(event what);

   private:
    std::filesystem::path path_;
    int file_;
};

/// CLOCK_MONOTONIC, as records have it.
std::int64_t now_ns();

}  // namespace dibs::history
