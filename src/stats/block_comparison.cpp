#include "stats/block_comparison.hpp"

#include "stats/rank_comparison.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace dibs::stats {
namespace {

using block = std::vector<std::optional<double>>;

/// On the scale of the comparison: the values of all complete rounds, or all there are.
enum class rounds_taken { complete, any };

std::vector<named_values> values_by_treatment(const block_design& runs, scale on, rounds_taken which) {
    const auto usable = [&](const std::optional<double>& value) { return value && is_usable(*value, on); };
    std::vector<named_values> treatments;
    for (const auto& name : runs.treatments) treatments.push_back({name, {}});
    for (const block& round : runs.values) {
        assert(round.size() == treatments.size());
        if (which == rounds_taken::complete && !std::all_of(round.begin(), round.end(), usable)) continue;
        for (std::size_t i = 0; i < round.size(); ++i)
            if (usable(round[i])) treatments[i].values.push_back(to_scale(*round[i], on));
    }
    return treatments;
}

std::vector<double> means_of_rounds(const std::vector<named_values>& treatments) {
    std::vector<double> means(treatments.front().values.size());
    for (std::size_t round = 0; round < means.size(); ++round) {
        moments of;
        for (const auto& treatment : treatments) of.add(treatment.values[round]);
        means[round] = of.mean();
    }
    return means;
}

/// Of the model value = mean of the round + effect of the treatment; by treatment, then by round.
std::vector<std::vector<double>> residuals_of(const std::vector<named_values>& treatments) {
    const auto rounds = means_of_rounds(treatments);
    const double all = moments_of(rounds).mean();
    std::vector<std::vector<double>> made;
    for (const auto& treatment : treatments) {
        const double effect = moments_of(treatment.values).mean() - all;
        auto& left = made.emplace_back();
        for (std::size_t i = 0; i < rounds.size(); ++i)
            left.push_back(without_rounding(treatment.values[i] - rounds[i] - effect, treatments));
    }
    return made;
}

/// Of a difference of two treatments, by the residuals of all.
precision of_residuals(const std::vector<std::vector<double>>& left) {
    double squares = 0;
    for (const auto& treatment : left)
        for (const double each : treatment) squares += each * each;
    const auto rounds = static_cast<double>(left.front().size());
    const double degrees = (rounds - 1) * (static_cast<double>(left.size()) - 1);
    return {std::sqrt(2 * squares / degrees / rounds), degrees};
}

/// From the differences of two treatments within their rounds.
precision of_differences(const named_values& left, const named_values& right) {
    moments of;
    for (std::size_t i = 0; i < left.values.size(); ++i) of.add(left.values[i] - right.values[i]);
    const auto n = static_cast<double>(of.count());
    return {without_rounding(*of.standard_deviation(), std::array{left, right}) / std::sqrt(n), n - 1};
}

/// Least squares through the means of the rounds.
std::optional<drift_result> drift_of(const std::vector<named_values>& treatments,
                                     const comparison_options& options) {
    const auto means = means_of_rounds(treatments);
    if (means.size() < 3) return std::nullopt;
    const auto n = static_cast<double>(means.size());
    const double middle = (n - 1) / 2;
    const double mean = moments_of(means).mean();
    double squares = 0;
    double products = 0;
    for (std::size_t i = 0; i < means.size(); ++i) {
        const double x = static_cast<double>(i) - middle;
        squares += x * x;
        products += x * (means[i] - mean);
    }
    const double slope = products / squares;
    double rest = 0;
    for (std::size_t i = 0; i < means.size(); ++i) {
        const double left =
            without_rounding(means[i] - mean - slope * (static_cast<double>(i) - middle), treatments);
        rest += left * left;
    }
    const double half =
        (n - 1) * std::sqrt(rest / (n - 2) / squares) * student_quantile(n - 2, 1 - options.confidence);
    const double change = without_rounding(slope * (n - 1), treatments);
    return drift_result{from_scale(change, options.on),
                        from_scale(interval{change - half, change + half}, options.on),
                        std::abs(change) > half};
}

}  // namespace

comparison_result compare_in_blocks(const block_design& runs, const comparison_options& options) {
    const auto treatments = values_by_treatment(runs, options.on, rounds_taken::complete);
    const auto n = treatments.size();
    const auto rounds = treatments.empty() ? 0 : treatments.front().values.size();
    const auto lacks = n < 2 ? lack::treatments : rounds < 2 ? lack::runs : lack::nothing;
    auto made = described(
        lacks == lack::nothing ? treatments : values_by_treatment(runs, options.on, rounds_taken::any),
        options);
    made.lacks = lacks;
    made.rounds = rounds;
    made.rounds_left_out = runs.values.size() - rounds;
    if (!made.enough()) return made;

    const auto left = residuals_of(treatments);
    const auto common = of_residuals(left);
    made.deviation = common.standard_error * std::sqrt(static_cast<double>(rounds) / 2);
    made.noise = spread_by(john_test(left));
    compare_pairs(made, treatments, [&](std::size_t a, std::size_t b) {
        return margin_of(common, of_differences(treatments[a], treatments[b]), made);
    });
    made.drift = drift_of(treatments, options);
    made.chance = noise_of(made, common);
    made.ranks = compare_ranks(treatments, options);
    return made;
}

}  // namespace dibs::stats
