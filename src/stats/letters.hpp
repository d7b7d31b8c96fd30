#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace dibs::stats {

/// Letters for so many treatments: two share one exactly where the pair is not among those `told_apart`
/// (pairs of indices). The insert-and-absorb algorithm of H.-P. Piepho (J. Comput. Graph. Stat. 13, 2004).
/// Letters are given in the order of the indices: the first treatment has an `a`.
std::vector<std::string> letters_for(std::size_t treatments,
                                     const std::vector<std::pair<std::size_t, std::size_t>>& told_apart);

}  // namespace dibs::stats
