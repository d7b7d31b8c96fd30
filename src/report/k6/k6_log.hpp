#pragma once

#include "report/runs.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dibs::report {

/// What a log is of, and how errors call it.
struct log_origin {
    std::string file;
    /// The strategy of all its runs; empty where headings `## NAME` say it.
    std::optional<std::string> strategy;
};

/// Takes the lines of a log and finds the k6 summaries in it, those of 1.2 and later and those before with
/// their longer dots. A decision machine without I/O. What is neither a summary nor a heading is prose; what
/// looks like a run and cannot be read is an error, unreadable.
///
/// A run's success rate is the percentage at its threshold on coupon_issue_success_rate, its duration the
/// p(95) at its threshold on http_req_duration, as in the published analysis.
class k6_log {
   public:
    explicit k6_log(log_origin origin);

    void line(std::string_view text);
    void finish();

    const std::vector<single_run>& runs() const { return runs_; }
    /// The runs found since the last call: a long log need not be kept whole.
    std::vector<single_run> take_runs() { return std::exchange(runs_, {}); }
    /// What a reader should know though it is no error.
    const std::vector<std::string>& notes() const { return notes_; }

   private:
    enum class part { thresholds, totals, other };

    struct summary {
        std::size_t line;  // where it begins
        part in = part::thresholds;
        std::string metric;  // the thresholds that follow are its
        std::optional<double> success_pct;
        std::optional<double> duration_ms;
        bool has_durations = false;
        bool has_last_line = false;
    };

    struct mark {
        std::string word;
        std::size_t line;
    };

    void fence();
    void heading(std::string_view text);
    void title(std::string_view text);
    void prose(std::string_view text);
    void announce(std::string_view word);
    void begin_summary();
    void end_summary();
    void require_announced_run();
    void check_announcement();
    void in_thresholds(std::string_view text);
    void in_totals(std::string_view text);
    void take_threshold(std::string_view text);
    std::string strategy_of(const summary& run) const;
    [[noreturn]] void fail_without_samples(std::string_view metric) const;
    [[noreturn]] void fail(std::size_t line, std::string_view why) const;

    log_origin origin_;
    std::size_t number_ = 0;  // of the line at hand
    std::string section_;
    std::optional<std::size_t> fence_;  // the line that opened it
    std::optional<mark> announced_;
    std::optional<summary> summary_;
    std::vector<single_run> runs_;
    bool has_runs_ = false;
    std::vector<std::string> notes_;
};

}  // namespace dibs::report
