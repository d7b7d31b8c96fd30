#pragma once

#include "cli/progress_line.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace dibs::cli {

/// Where a bench stands.
struct bench_moment {
    std::string profile;
    int round = 0;  ///< from 1
    int rounds = 0;
    std::size_t run = 0;  ///< from 1, of all rounds
    std::size_t runs = 0;
    std::string strategy;
    std::chrono::nanoseconds elapsed{0};  ///< of the run
    std::chrono::nanoseconds length{0};
    std::size_t users = 0;
    std::size_t most_users = 0;
    std::uint64_t claims_per_s = 0;      ///< in the last whole second
    std::optional<double> claim_p95_ms;  ///< of the run so far
    std::uint64_t issued = 0;
    std::uint64_t failed = 0;
    std::chrono::nanoseconds left{0};  ///< of the bench
    std::string last;                  ///< what the run before came to; empty: there was none
};

/// `1 h 41 min`, `3 min 20 s`, `12 s`.
std::string rough_time(std::chrono::nanoseconds time);

/// How long the rest of a bench takes, judged by the runs that it has made; by the load's length before there
/// are any.
struct bench_pace {
    std::vector<std::chrono::nanoseconds>
        made;                            ///< how long each of its runs took, with all that belongs to it
    std::chrono::nanoseconds length{0};  ///< of a run's load
    std::size_t runs_after = 0;          ///< the one that is under way

    std::chrono::nanoseconds left(std::chrono::nanoseconds since_run_began) const;
};

/// Several lines for a terminal, and one for a log.
std::vector<std::string> live_lines(const bench_moment& now);
std::string live_text(const bench_moment& now);

/// What a terminal is sent to show these lines where it shows `shown` lines now; none is wider than `width`.
std::string redrawn(std::size_t shown, const std::vector<std::string>& lines, std::size_t width);

/// What a bench is doing, on stderr: on a terminal some lines that are kept up to date, elsewhere a line
/// every ten seconds.
class live_view {
   public:
    explicit live_view(std::FILE* out = stderr);
    live_view(const live_view&) = delete;
    live_view& operator=(const live_view&) = delete;
    /// Takes the lines away: what comes next begins where they began.
    ~live_view();

    void show(const bench_moment& now);

   private:
    std::FILE* out_;
    std::optional<progress_line> log_;  // where it is no terminal
    std::size_t shown_ = 0;
};

}  // namespace dibs::cli
