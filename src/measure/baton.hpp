#pragma once

#include "measure/trial.hpp"

#include <cstddef>

namespace dibs::measure {

struct baton_rings {
    std::size_t rings = 1;
    std::size_t runners = 10;  ///< in each
    std::size_t laps = 1000;
};

/// What a local hand-off costs without a lock: coroutines in rings, each of which wakes the next and waits,
/// with a deadline, to be woken. Hand-offs a second.
trial batons_passed(const cpu_meter& meter, baton_rings how_many);

}  // namespace dibs::measure
