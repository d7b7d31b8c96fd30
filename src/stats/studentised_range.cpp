#include "stats/studentised_range.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/tools/toms748_solve.hpp>

#include <array>
#include <cassert>
#include <cmath>
#include <map>
#include <tuple>

namespace dibs::stats {
namespace {

using boost::math::quadrature::gauss;

double normal_density(double z) {
    return boost::math::constants::one_div_root_two_pi<double>() * std::exp(-z * z / 2);
}

double normal_cdf(double z) { return std::erfc(-z * boost::math::constants::one_div_root_two<double>()) / 2; }

/// That the range of so many standard normals is at most `range`: n ∫ φ(z) (Φ(z) − Φ(z − range))ⁿ⁻¹ dz.
double range_cdf(double range, std::size_t means) {
    constexpr double edge = 8;  // nothing to speak of lies beyond
    const auto others = static_cast<double>(means - 1);
    const auto with_largest_at = [&](double z) {
        return normal_density(z) * std::pow(normal_cdf(z) - normal_cdf(z - range), others);
    };
    return static_cast<double>(means) * (gauss<double, 20>::integrate(with_largest_at, -edge, 0.0) +
                                         gauss<double, 20>::integrate(with_largest_at, 0.0, edge));
}

}  // namespace

double studentised_range::cdf(double q) const {
    assert(means >= 2 && degrees >= 1 && q >= 0);
    if (std::isinf(degrees)) return range_cdf(q, means);
    // over the square of the estimate, times the degrees: cut where its density changes its shape
    const boost::math::chi_squared squares(degrees);
    const auto at_square_root = [&](double root) {
        return 2 * root * pdf(squares, root * root) * range_cdf(q * root / std::sqrt(degrees), means);
    };
    constexpr std::array cuts{1e-14, 0.001, 0.05, 0.5, 0.95};
    double sum = 0;
    double from = std::sqrt(boost::math::quantile(squares, cuts[0]));
    for (std::size_t i = 1; i <= cuts.size(); ++i) {
        const double to = std::sqrt(i < cuts.size() ? boost::math::quantile(squares, cuts.at(i))
                                                    : boost::math::quantile(complement(squares, cuts[0])));
        sum += gauss<double, 15>::integrate(at_square_root, from, to);
        from = to;
    }
    return sum;
}

double studentised_range::quantile(double confidence) const {
    assert(confidence > 0 && confidence < 1);
    thread_local std::map<std::tuple<std::size_t, double, double>, double> known;
    const auto [entry, is_new] = known.try_emplace({means, degrees, confidence});
    if (!is_new) return entry->second;
    const auto missing = [&](double q) { return cdf(q) - confidence; };
    std::uintmax_t steps = 100;
    const auto [below, above] = boost::math::tools::bracket_and_solve_root(
        missing, 4.0, 2.0, true, boost::math::tools::eps_tolerance<double>(32), steps);
    return entry->second = (below + above) / 2;
}

}  // namespace dibs::stats
