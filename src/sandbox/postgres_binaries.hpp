#pragma once

#include <filesystem>
#include <vector>

namespace dibs::sandbox {

/// Where Debian keeps the server's programs, out of PATH, the newest version first.
std::vector<std::filesystem::path> debian_postgres_folders();

/// The folder with initdb and postgres: from PATH, then from `others`.
/// Throws std::runtime_error that says how to install them.
std::filesystem::path find_postgres(
    const std::vector<std::filesystem::path>& others = debian_postgres_folders());

}  // namespace dibs::sandbox
