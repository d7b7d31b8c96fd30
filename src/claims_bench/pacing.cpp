#include "claims_bench/pacing.hpp"

#include <algorithm>
#include <cmath>

namespace dibs::claims_bench {

deadline schedule::intended(std::size_t number) const {
    const std::chrono::duration<double> behind_begin(static_cast<double>(number) / rate_);
    return begin_ + std::chrono::round<steady::duration>(behind_begin);
}

double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    const auto rank = std::ceil(share * static_cast<double>(values.size()));
    const auto place = static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return values[static_cast<std::size_t>(place)];
}

}  // namespace dibs::claims_bench
