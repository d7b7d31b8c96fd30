#include "stats/comparison_parts.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace dibs::stats {
namespace {

using rows = std::vector<std::vector<double>>;

double product(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

/// tr S² / (tr S)² of the residuals' covariances, which is least where the differences have one variance. 0
/// without any noise.
double john_statistic(std::span<const std::vector<double>> left) {
    double trace = 0;
    double squares = 0;
    for (const auto& a : left) {
        trace += product(a, a);
        for (const auto& b : left) squares += product(a, b) * product(a, b);
    }
    return trace == 0 ? 0 : squares / (trace * trace);
}

/// Takes the means of rows and columns away.
void centre(rows& values) {
    const auto treatments = static_cast<double>(values.size());
    const auto rounds = static_cast<double>(values.front().size());
    for (auto& row : values) {
        double mean = 0;
        for (const double value : row) mean += value / rounds;
        for (double& value : row) value -= mean;
    }
    for (std::size_t i = 0; i < values.front().size(); ++i) {
        double mean = 0;
        for (const auto& row : values) mean += row[i] / treatments;
        for (auto& row : values) row[i] -= mean;
    }
}

/// The statistic where there is nothing but equal noise, in ascending order.
std::vector<double> simulated(std::size_t treatments, std::size_t rounds) {
    constexpr std::size_t draws = 4000;
    boost::random::mt19937 random(1971);
    boost::random::normal_distribution<double> normal;
    std::vector<double> statistics;
    rows values(treatments, std::vector<double>(rounds));
    for (std::size_t draw = 0; draw < draws; ++draw) {
        for (auto& row : values)
            for (double& value : row) value = normal(random);
        centre(values);
        statistics.push_back(john_statistic(values));
    }
    std::sort(statistics.begin(), statistics.end());
    return statistics;
}

}  // namespace

double bartlett_test(std::span<const residuals> of_treatments) {
    residuals all;
    double logarithms = 0;
    double inverses = 0;
    for (const auto& [squares, degrees] : of_treatments) {
        all.squares += squares;
        all.degrees += degrees;
        logarithms += degrees * std::log(squares / degrees);  // minus infinity where there is no noise at all
        inverses += 1 / degrees;
    }
    if (all.squares == 0) return 1;
    const auto groups = static_cast<double>(of_treatments.size() - 1);
    const double statistic = (all.degrees * std::log(all.squares / all.degrees) - logarithms) /
                             (1 + (inverses - 1 / all.degrees) / (3 * groups));
    if (!std::isfinite(statistic)) return 0;
    return cdf(complement(boost::math::chi_squared(groups), std::max(statistic, 0.0)));
}

double john_test(std::span<const std::vector<double>> left) {
    thread_local std::map<std::pair<std::size_t, std::size_t>, std::vector<double>> known;
    const double statistic = john_statistic(left);
    if (statistic == 0) return 1;
    auto& expected = known[{left.size(), left.front().size()}];
    if (expected.empty()) expected = simulated(left.size(), left.front().size());
    // of two treatments the statistic is always 1, but for rounding
    const auto beyond =
        expected.end() - std::lower_bound(expected.begin(), expected.end(), statistic * (1 - 1e-9));
    return static_cast<double>(beyond) / static_cast<double>(expected.size());
}

}  // namespace dibs::stats
