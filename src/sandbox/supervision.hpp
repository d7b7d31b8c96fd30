#pragma once

#include "sandbox/unique_fd.hpp"

#include <filesystem>

namespace dibs::sandbox {

/// What the supervising process does from its fork to its end: makes a folder in `place`, starts programs for
/// its owner at the other end of `channel`, and when that end closes, however the owner went, ends everything
/// that descends from it and removes the folder.
[[noreturn]] void supervise(unique_fd channel, const std::filesystem::path& place);

}  // namespace dibs::sandbox
