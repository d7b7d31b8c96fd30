#pragma once

#include "history/event.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// Whether a history keeps what was promised. Pure: knows nothing of locks but what they recorded.
namespace dibs::check {

using events = std::vector<history::event>;

struct verdict {
    enum class result {
        holds,
        violated,
        unknown  ///< there was nothing to judge by
    };

    std::string check;
    result found = result::unknown;
    std::size_t violations = 0;
    events proof = {};  ///< the smallest set that proves the first violation, in the order of time
    std::string explanation = {};
};

}  // namespace dibs::check
