#include "stats/rounds_needed.hpp"

#include "stats/comparison_parts.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>

namespace dibs::stats {
namespace {

/// A difference to be seen, on the scale of the comparison.
struct sought {
    double difference = 0;
    double deviation = 0;  ///< of one round's difference of two runs
};

/// By which interval two will be told apart: where that is unclear, by the wider, which is that of their own
/// noise for all but pairs that happen to have little.
bool by_own_noise(const comparison_result& made) { return made.noise != spread::common; }

/// As the intervals of `made` would have them.
double degrees_of_freedom(std::size_t rounds, const comparison_result& made) {
    const auto n = static_cast<double>(rounds);
    const auto treatments = static_cast<double>(made.treatments.size());
    const bool blocked = made.rounds > 0;
    if (by_own_noise(made)) return blocked ? n - 1 : 2 * (n - 1);
    return blocked ? (n - 1) * (treatments - 1) : (n - 1) * treatments;
}

/// That so many rounds tell the two apart.
double power_of(std::size_t rounds, const sought& of, const comparison_result& made) {
    const precision unit{1, degrees_of_freedom(rounds, made)};
    const double limit = (by_own_noise(made) ? own_margin : common_margin)(unit, made).half;
    const double far = of.difference / of.deviation * std::sqrt(static_cast<double>(rounds));
    // where the estimate of the noise is as good as the noise
    if (unit.degrees > 1000) return cdf(boost::math::normal(), far - limit);
    // where the library's series would not end, and where only that estimate matters
    const double ratio = far / limit;
    if (far > 30) return cdf(boost::math::chi_squared(unit.degrees), unit.degrees * ratio * ratio);
    return cdf(complement(boost::math::non_central_t(unit.degrees, far), limit));
}

/// The fewest rounds that suffice: more never tell less.
std::optional<std::size_t> fewest_rounds(const sought& of, const comparison_result& made) {
    if (of.difference == 0) return std::nullopt;
    if (of.deviation == 0) return 2;
    std::size_t enough = 2;
    std::size_t too_few = 1;
    while (power_of(enough, of, made) < wanted_power) {
        too_few = enough;
        if (enough == most_rounds) return std::nullopt;
        enough = std::min(2 * enough, most_rounds);
    }
    while (enough - too_few > 1) {
        const auto middle = (enough + too_few) / 2;
        (power_of(middle, of, made) < wanted_power ? too_few : enough) = middle;
    }
    return enough;
}

/// Runs of each of the two, their harmonic mean where they are not in rounds.
double runs_of(const pair_result& pair, const comparison_result& made) {
    return 2 / (1 / static_cast<double>(made.treatments[pair.left].runs) +
                1 / static_cast<double>(made.treatments[pair.right].runs));
}

}  // namespace

std::optional<std::size_t> rounds_to_see(double effect, const comparison_result& made) {
    if (!made.enough() || !is_usable(effect, made.options.on)) return std::nullopt;
    return fewest_rounds({std::abs(to_scale(effect, made.options.on)),
                          made.deviation * boost::math::constants::root_two<double>()},
                         made);
}

std::optional<std::size_t> rounds_to_separate(const pair_result& pair, const comparison_result& made) {
    if (!made.enough() || !is_usable(pair.estimate, made.options.on)) return std::nullopt;
    return fewest_rounds({std::abs(to_scale(pair.estimate, made.options.on)),
                          pair.standard_error * std::sqrt(runs_of(pair, made))},
                         made);
}

}  // namespace dibs::stats
