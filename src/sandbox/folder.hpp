#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace dibs::sandbox {

/// $TMPDIR, or /tmp.
std::filesystem::path default_place();

/// A warning where the files of `folder` lie in memory: fsync costs nothing there, so that PostgreSQL is
/// faster than on any disk.
std::optional<std::string> memory_warning(const std::filesystem::path& folder);

/// Throws std::runtime_error when a Unix socket of that path cannot be (107 bytes are the most).
void check_socket_path(const std::filesystem::path& socket);

/// Deletes a sandbox's folder and all below it, and what a killed PostgreSQL in it has left in shared memory.
void remove_folder(const std::filesystem::path& folder) noexcept;

}  // namespace dibs::sandbox
