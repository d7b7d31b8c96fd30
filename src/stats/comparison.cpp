#include "stats/comparison.hpp"

#include "stats/comparison_parts.hpp"
#include "stats/letters.hpp"
#include "stats/studentised_range.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

namespace dibs::stats {
namespace {

void add_letters(comparison_result& into) {
    std::vector<std::size_t> place(into.order.size());
    for (std::size_t i = 0; i < into.order.size(); ++i) place[into.order[i]] = i;
    std::vector<std::pair<std::size_t, std::size_t>> apart;
    for (const auto& pair : into.pairs)
        if (pair.separated) apart.emplace_back(place[pair.left], place[pair.right]);
    const auto letters = letters_for(place.size(), apart);
    for (std::size_t i = 0; i < place.size(); ++i) into.treatments[i].letters = letters[place[i]];
}

}  // namespace

double student_quantile(double degrees, double error) {
    return boost::math::quantile(boost::math::complement(boost::math::students_t(degrees), error / 2));
}

margin common_margin(const precision& of, const comparison_result& made) {
    const studentised_range range{made.treatments.size(), of.degrees};
    return {of.standard_error, of.standard_error * range.quantile(made.options.confidence) /
                                   boost::math::constants::root_two<double>()};
}

margin own_margin(const precision& of, const comparison_result& made) {
    const auto n = static_cast<double>(made.treatments.size());
    const double error = (1 - made.options.confidence) / (n * (n - 1) / 2);
    return {of.standard_error, of.standard_error * student_quantile(of.degrees, error)};
}

margin margin_of(const precision& common, const precision& own, const comparison_result& made) {
    if (made.noise == spread::common) return common_margin(common, made);
    const auto of_own = own_margin(own, made);
    if (made.noise == spread::own) return of_own;
    const auto of_common = common_margin(common, made);
    return of_common.half > of_own.half ? of_common : of_own;
}

spread spread_by(double probability) {
    return probability > 0.05 ? spread::common : probability > 0.001 ? spread::unclear : spread::own;
}

bool is_usable(double value, scale on) {
    return std::isfinite(value) && (on == scale::difference || value > 0);
}
double to_scale(double value, scale on) { return on == scale::ratio ? std::log(value) : value; }
double from_scale(double value, scale on) { return on == scale::ratio ? std::exp(value) : value; }
interval from_scale(const interval& of, scale on) {
    return {from_scale(of.lower, on), from_scale(of.upper, on)};
}
std::vector<double> usable_on(scale on, std::span<const double> values) {
    std::vector<double> usable;
    for (const double value : values)
        if (is_usable(value, on)) usable.push_back(to_scale(value, on));
    return usable;
}

double without_rounding(double difference, std::span<const named_values> values) {
    double largest = 0;
    for (const auto& treatment : values)
        for (const double value : treatment.values) largest = std::max(largest, std::abs(value));
    return std::abs(difference) <= 1e-12 * largest ? 0 : difference;
}

comparison_result described(const std::vector<named_values>& treatments, const comparison_options& options) {
    comparison_result made;
    made.options = options;
    constexpr double nowhere = std::numeric_limits<double>::infinity();
    const double last_place = options.first == best::lowest ? nowhere : -nowhere;
    std::vector<double> means;
    for (const auto& [name, values] : treatments) {
        const auto moments = moments_of(values);
        treatment_result result{name, values.size(), 0, std::nullopt, ""};
        if (!values.empty()) result.mean = from_scale(moments.mean(), options.on);
        if (const auto own = mean_interval(moments, options.confidence))
            result.confidence = from_scale(*own, options.on);
        means.push_back(values.empty() ? last_place : result.mean);
        made.treatments.push_back(std::move(result));
    }
    for (const auto& place : ranking(means, options.first)) made.order.push_back(place.index);
    return made;
}

void compare_pairs(comparison_result& into, const std::vector<named_values>& treatments,
                   const std::function<margin(std::size_t, std::size_t)>& of_pair) {
    const auto on = into.options.on;
    std::vector<double> means;
    for (const auto& treatment : treatments) means.push_back(moments_of(treatment.values).mean());
    for (std::size_t left = 0; left < treatments.size(); ++left)
        for (std::size_t right = left + 1; right < treatments.size(); ++right) {
            const auto [error, half] = of_pair(left, right);
            const double between = without_rounding(means[left] - means[right], treatments);
            into.pairs.push_back({left, right, from_scale(between, on),
                                  from_scale(interval{between - half, between + half}, on),
                                  std::abs(between) > half, error});
        }
    add_letters(into);
}

noise_floor noise_of(const comparison_result& made, const precision& of_difference) {
    const double one =
        of_difference.standard_error * student_quantile(of_difference.degrees, 1 - made.options.confidence);
    return {from_scale(one, made.options.on),
            from_scale(common_margin(of_difference, made).half, made.options.on)};
}

pair_result comparison_result::between(std::size_t left, std::size_t right) const {
    assert(enough() && left != right && left < treatments.size() && right < treatments.size());
    const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) {
        return pair.left == std::min(left, right) && pair.right == std::max(left, right);
    });
    pair_result pair = *found;
    if (pair.left == left) return pair;
    const bool ratio = options.on == scale::ratio;
    const auto turned = [&](double value) { return ratio ? 1 / value : -value; };
    std::swap(pair.left, pair.right);
    pair.estimate = turned(pair.estimate);
    pair.confidence = {turned(pair.confidence.upper), turned(pair.confidence.lower)};
    return pair;
}

std::vector<std::size_t> comparison_result::leaders() const {
    std::vector<std::size_t> first;
    for (const auto index : order)
        if (first.empty() || (enough() && !between(order.front(), index).separated)) first.push_back(index);
    return first;
}

}  // namespace dibs::stats
