#include "stats/block_comparison.hpp"
#include "stats/comparison_parts.hpp"

#include <algorithm>
#include <cmath>

namespace dibs::stats {
namespace {

/// The variance of a treatment's mean.
double error_squared(const residuals& of) { return of.squares / of.degrees / (of.degrees + 1); }

precision of_common(double variance, const residuals& left, const residuals& right, double degrees) {
    return {std::sqrt(variance * (1 / (left.degrees + 1) + 1 / (right.degrees + 1))), degrees};
}

}  // namespace

residuals about_mean(std::span<const double> values, std::span<const named_values> all) {
    const double mean = moments_of(values).mean();
    residuals of{0, static_cast<double>(values.size()) - 1};
    for (const double value : values) {
        const double left = without_rounding(value - mean, all);
        of.squares += left * left;
    }
    return of;
}

precision welch(const residuals& left, const residuals& right) {
    const double a = error_squared(left);
    const double b = error_squared(right);
    if (a + b == 0) return {0, left.degrees + right.degrees};
    return {std::sqrt(a + b), (a + b) * (a + b) / (a * a / left.degrees + b * b / right.degrees)};
}

comparison_result compare_groups(const std::vector<treatment_runs>& groups,
                                 const comparison_options& options) {
    std::vector<named_values> treatments;
    for (const auto& [name, values] : groups) treatments.push_back({name, usable_on(options.on, values)});
    auto made = described(treatments, options);
    const bool too_few = std::any_of(treatments.begin(), treatments.end(),
                                     [](const auto& treatment) { return treatment.values.size() < 2; });
    made.lacks = treatments.size() < 2 ? lack::treatments : too_few ? lack::runs : lack::nothing;
    if (!made.enough()) return made;

    std::vector<residuals> left;
    for (const auto& treatment : treatments) left.push_back(about_mean(treatment.values, treatments));
    residuals all;
    for (const auto& [squares, degrees] : left) {
        all.squares += squares;
        all.degrees += degrees;
    }
    const double variance = all.squares / all.degrees;
    made.deviation = std::sqrt(variance);
    made.noise = spread_by(bartlett_test(left));
    compare_pairs(made, treatments, [&](std::size_t a, std::size_t b) {
        return margin_of(of_common(variance, left[a], left[b], all.degrees), welch(left[a], left[b]), made);
    });
    const auto fewest = *std::min_element(left.begin(), left.end(),
                                          [](const auto& a, const auto& b) { return a.degrees < b.degrees; });
    made.chance = noise_of(made, of_common(variance, fewest, fewest, all.degrees));
    return made;
}

}  // namespace dibs::stats
