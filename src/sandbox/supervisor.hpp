#pragma once

#include "sandbox/process.hpp"
#include "sandbox/program.hpp"

#include <filesystem>
#include <memory>

namespace dibs::sandbox {

/// A temporary folder, and a process of its own that outlives us for as long as it takes to end whatever was
/// started through it and to remove that folder, also when we are killed.
class supervisor {
   public:
    /// Makes the folder in `place` (empty: $TMPDIR or /tmp). It forks: best before this process has threads.
    /// Throws std::runtime_error when the folder cannot be made.
    explicit supervisor(std::filesystem::path place = {});
    supervisor(supervisor&&) noexcept = default;
    supervisor& operator=(supervisor&&) = delete;
    /// As stop().
    ~supervisor();

    const std::filesystem::path& folder() const { return folder_; }
    pid_t pid() const { return pid_; }

    /// Starts a program as the supervisor's child. Throws std::runtime_error that says what went wrong.
    process start(const program& what);

    /// Ends every process and removes the folder. Returns when that is done.
    void stop() noexcept;

   private:
    std::shared_ptr<channel> channel_;
    std::filesystem::path folder_;
    pid_t pid_ = 0;
};

}  // namespace dibs::sandbox
