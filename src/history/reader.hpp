#pragma once

#include "history/event.hpp"

#include <cstddef>
#include <filesystem>
#include <vector>

namespace dibs::history {

struct recording {
    std::vector<event> events;  ///< in the order of their times
    /// Files whose last line had no end: their process died while it wrote. Those lines are left out.
    std::size_t torn = 0;
};

/// A file, or all `*.history` in a folder. Throws std::runtime_error that names file and line of what cannot
/// be read.
recording read(const std::filesystem::path& from);

}  // namespace dibs::history
