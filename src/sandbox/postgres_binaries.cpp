#include "sandbox/postgres_binaries.hpp"

#include "sandbox/program.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace dibs::sandbox {

std::vector<std::filesystem::path> debian_postgres_folders() {
    std::vector<std::pair<int, std::filesystem::path>> versions;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
        versions.emplace_back(std::atoi(entry.path().filename().c_str()), entry.path() / "bin");
    }
    std::sort(versions.rbegin(), versions.rend());
    std::vector<std::filesystem::path> folders;
    folders.reserve(versions.size());
    for (auto& [version, folder] : versions) folders.push_back(std::move(folder));
    return folders;
}

std::filesystem::path find_postgres(const std::vector<std::filesystem::path>& others) {
    const auto initdb = find_program("initdb", others);
    if (initdb) return std::filesystem::canonical(*initdb).parent_path();
    throw std::runtime_error(
        "PostgreSQL's initdb is neither in PATH nor below /usr/lib/postgresql: install it with "
        "scripts/install-deps (Debian package postgresql-15)");
}

}  // namespace dibs::sandbox
