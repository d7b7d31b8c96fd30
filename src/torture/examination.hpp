#pragma once

#include "torture/cell.hpp"
#include "torture/orders.hpp"

#include <cstdint>

namespace dibs::torture {

/// Of the trouble that was made.
struct course {
    std::uint64_t troubles = 0;
    std::int64_t healed_ns = 0;  ///< when the last one was over
};

/// What the histories of one crew say. Writes beside them, for two holders at once, an accepted stale write
/// and whatever else is wrong, the events that prove it (`.proof`) and their timeline (`.txt`, `.svg`).
/// Throws std::exception for histories that cannot be read.
cell examine(trouble what, const orders& told, const course& troubles);

}  // namespace dibs::torture
