#include "stats/change.hpp"

#include "stats/comparison_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace dibs::stats {
namespace {

change_verdict judged(double change, double half, best first) {
    if (std::abs(change) <= half) return change_verdict::none_seen;
    return (change < 0) == (first == best::lowest) ? change_verdict::better : change_verdict::worse;
}

}  // namespace

bool change_result::fell_to_nothing() const {
    return nothing_after * (runs_before + nothing_before) > nothing_before * (runs_after + nothing_after);
}

double change_result::worse_by(const comparison_options& options) const {
    if (!estimate || before == 0) return 0;
    const double up = after / before - 1;
    return options.first == best::lowest ? up : -up;
}

change_result change_of(std::span<const double> before, std::span<const double> after,
                        const comparison_options& options) {
    const std::array both{named_values{"", usable_on(options.on, before)},
                          named_values{"", usable_on(options.on, after)}};
    const auto& [old_runs, new_runs] = both;
    const double from = moments_of(old_runs.values).mean();
    const double to = moments_of(new_runs.values).mean();
    const double change = without_rounding(to - from, both);
    change_result made;
    made.runs_before = old_runs.values.size();
    made.runs_after = new_runs.values.size();
    made.nothing_before = before.size() - made.runs_before;
    made.nothing_after = after.size() - made.runs_after;
    if (made.runs_before > 0) made.before = from_scale(from, options.on);
    if (made.runs_after > 0) made.after = from_scale(to, options.on);
    if (made.runs_before > 0 && made.runs_after > 0) made.estimate = from_scale(change, options.on);
    if (std::min(made.runs_before, made.runs_after) < 2) return made;

    const auto known = welch(about_mean(old_runs.values, both), about_mean(new_runs.values, both));
    const double half = known.standard_error * student_quantile(known.degrees, 1 - options.confidence);
    made.confidence = from_scale(interval{change - half, change + half}, options.on);
    made.says = judged(change, half, options.first);
    return made;
}

}  // namespace dibs::stats
