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
    /// The smallest set of events that proves the first violation, in the order of time. A history itself, in
    /// which the check finds one violation, and none where any event is left out (with an invoke what it
    /// began).
    events proof = {};
    std::string explanation = {};
};

}  // namespace dibs::check
