#include "stats/rank_comparison.hpp"

#include "stats/studentised_range.hpp"

#include <boost/math/distributions/chi_squared.hpp>

#include <cmath>
#include <limits>

namespace dibs::stats {
namespace {

/// Of each in its round, 1 for the best; those that are equal share the mean of their places.
std::vector<double> ranks_in(std::size_t round, std::span<const named_values> treatments, best first) {
    std::vector<double> ranks;
    for (const auto& one : treatments) {
        double rank = 0.5;
        for (const auto& other : treatments) {
            const double mine = one.values[round];
            const double theirs = other.values[round];
            if (mine == theirs)
                rank += 0.5;
            else if ((theirs < mine) == (first == best::lowest))
                rank += 1;
        }
        ranks.push_back(rank);
    }
    return ranks;
}

}  // namespace

std::optional<rank_result> compare_ranks(std::span<const named_values> treatments,
                                         const comparison_options& options) {
    const auto rounds = treatments.empty() ? 0 : treatments.front().values.size();
    if (treatments.size() < 2 || rounds < fewest_rounds_to_rank) return std::nullopt;
    const auto k = static_cast<double>(treatments.size());
    const auto n = static_cast<double>(rounds);
    const double middle = (k + 1) / 2;
    rank_result made;
    made.mean_ranks.resize(treatments.size());
    double within = 0;  // squares about the middle, of all ranks
    for (std::size_t round = 0; round < rounds; ++round) {
        const auto ranks = ranks_in(round, treatments, options.first);
        for (std::size_t i = 0; i < ranks.size(); ++i) {
            made.mean_ranks[i] += ranks[i] / n;
            within += (ranks[i] - middle) * (ranks[i] - middle);
        }
    }
    double between = 0;
    for (const double mean : made.mean_ranks) between += (mean - middle) * (mean - middle);
    if (within > 0) {
        const double statistic = n * n * (k - 1) * between / within;
        made.probability = cdf(complement(boost::math::chi_squared(k - 1), statistic));
    }
    const studentised_range range{treatments.size(), std::numeric_limits<double>::infinity()};
    made.critical = range.quantile(options.confidence) * std::sqrt(k * (k + 1) / (12 * n));
    return made;
}

}  // namespace dibs::stats
