#include "stats/ranking.hpp"

#include <algorithm>
#include <numeric>

namespace dibs::stats {

std::vector<place> ranking(std::span<const double> values, best first) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return first == best::highest ? values[a] > values[b] : values[a] < values[b];
    });
    std::vector<place> places;
    for (const auto index : order) {
        const bool tied = !places.empty() && values[places.back().index] == values[index];
        if (tied) places.back().shared = true;
        places.push_back({index, tied ? places.back().number : places.size() + 1, tied});
    }
    return places;
}

}  // namespace dibs::stats
