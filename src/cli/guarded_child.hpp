#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace dibs::cli {

/// A command that runs beside us, in our terminal, and is killed should we be.
class guarded_child {
   public:
    using variables = std::vector<std::pair<std::string, std::string>>;

    /// Throws std::system_error when the command cannot be run; `code()` is then errno of execvp.
    guarded_child(const std::vector<std::string>& command, const variables& added_environment);
    guarded_child(const guarded_child&) = delete;
    guarded_child& operator=(const guarded_child&) = delete;
    ~guarded_child();

    /// Without effect once it was waited for.
    void signal(int number) const;
    /// Readable when it has ended (a pidfd).
    int ended_descriptor() const { return handle_; }
    /// As a shell tells it: its exit status, or 128 and the number of the signal that ended it. Blocks until
    /// then.
    int wait();

   private:
    pid_t pid_ = -1;
    int handle_ = -1;
};

}  // namespace dibs::cli
