#pragma once

#include "core/gate.hpp"
#include "locks/kept.hpp"
#include "locks/timing.hpp"

namespace dibs::locks {

/// The waiters of this process for each name queue here, in order of arrival; one of them stands at the
/// backend.
using gates = kept<gate>;

inline gates::maker gate_of_width(const asio::any_io_executor& executor, std::size_t inside) {
    return [executor, inside](const lock_name& name) {
        return std::make_shared<gate>(executor, name.text(), gate::limits{.inside = inside});
    };
}

}  // namespace dibs::locks
