#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace dibs::cli {

/// What a long command is doing, on stderr: one line rewritten in place on a terminal, elsewhere a line of
/// its own every ten seconds.
class progress_line {
   public:
    explicit progress_line(std::FILE* out = stderr);
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;
    /// Leaves the terminal's line behind, so that what follows starts on its own.
    ~progress_line();

    void show(const std::string& text);

   private:
    using clock = std::chrono::steady_clock;

    std::FILE* out_;
    enum class place { terminal, file } place_;
    clock::time_point next_;
    std::size_t shown_ = 0;  // characters on the terminal's line
};

}  // namespace dibs::cli
