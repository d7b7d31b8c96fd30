#pragma once

#include "stats/comparison.hpp"

#include <functional>
#include <span>
#include <vector>

/// What comparisons of all designs are made of. Within, values are on the scale on which they are compared:
/// logarithms for ratios.
namespace dibs::stats {

/// The values of one treatment.
struct named_values {
    std::string name;
    std::vector<double> values;
};

/// Whether a value can be compared: finite, and above 0 for ratios.
bool is_usable(double value, scale on);
double to_scale(double value, scale on);
double from_scale(double value, scale on);
interval from_scale(const interval& of, scale on);
/// Those of the values that can be compared, on the scale.
std::vector<double> usable_on(scale on, std::span<const double> values);

/// 0 for what is nothing but rounding beside `values`: identical runs must not be told apart by it.
double without_rounding(double difference, std::span<const named_values> values);

/// Of Student's t: exceeded, to either side together, with the probability `error`.
double student_quantile(double degrees, double error);

/// How well a difference of two means is known.
struct precision {
    double standard_error = 0;
    double degrees = 1;  ///< of freedom
};

/// Standard error and the half width with which all pairs' intervals hold together.
struct margin {
    double standard_error = 0;
    double half = 0;
};
/// By the studentised range: all treatments' noise is one.
margin common_margin(const precision& of, const comparison_result& made);
/// By Bonferroni's inequality: a pair's noise is its own.
margin own_margin(const precision& of, const comparison_result& made);
/// By what `made` says of the noise; `common` and `own` are of one pair.
margin margin_of(const precision& common, const precision& own, const comparison_result& made);

/// What to make of the probability of such differences in noise, if there are none. Intervals that took the
/// noise as it happens to look would err too often; so the doubtful cases get the wider ones.
spread spread_by(double probability);

/// The treatments and their order; no pairs.
comparison_result described(const std::vector<named_values>& treatments, const comparison_options& options);
/// Adds pairs and letters.
void compare_pairs(comparison_result& into, const std::vector<named_values>& treatments,
                   const std::function<margin(std::size_t, std::size_t)>& of_pair);
noise_floor noise_of(const comparison_result& made, const precision& of_difference);

/// Sum of squares and degrees of freedom of one treatment's residuals.
struct residuals {
    double squares = 0;
    double degrees = 0;
};

/// About the mean of the values, 0 for what is nothing but rounding beside `all`.
residuals about_mean(std::span<const double> values, std::span<const named_values> all);

/// Of the difference of two means, each with its own noise: B. L. Welch's error and degrees of freedom
/// (Biometrika 34, 1947).
precision welch(const residuals& left, const residuals& right);

/// Bartlett's test (Proc. R. Soc. A 160, 1937) for runs that were not in rounds: the probability of such
/// differences between the treatments' variances, if they are equal.
double bartlett_test(std::span<const residuals> of_treatments);

/// The same for runs in rounds: S. John's test (Biometrika 58, 1971) whether the differences of all pairs
/// have one variance, which is what Tukey's intervals need there. `left` has the residuals by treatment, then
/// by round. With few rounds the statistic is far from its limit, so its distribution is taken from a
/// simulation with a fixed seed, once for each number of treatments and rounds, and kept by the thread.
double john_test(std::span<const std::vector<double>> left);

}  // namespace dibs::stats
