#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dibs::stats {

enum class best { highest, lowest };

struct place {
    std::size_t index;   ///< into the values that were ranked
    std::size_t number;  ///< from 1; equal values share one, and the next place is counted on: 1, 1, 3
    bool shared;
};

/// The values from best to worst, equal ones in their given order. Round beforehand to what counts as equal.
std::vector<place> ranking(std::span<const double> values, best first);

}  // namespace dibs::stats
