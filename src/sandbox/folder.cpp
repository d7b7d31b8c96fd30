#include "sandbox/folder.hpp"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/shm.h>
#include <sys/un.h>
#include <sys/vfs.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace dibs::sandbox {
namespace {

// The seventh line of a postmaster.pid names the key and the id of the System V segment of its cluster.
void remove_segment(const std::filesystem::path& pid_file) {
    std::ifstream file(pid_file);
    std::string line;
    for (int skipped = 0; skipped < 6; ++skipped) std::getline(file, line);
    unsigned long key = 0;
    int segment = -1;
    if (file >> key >> segment) ::shmctl(segment, IPC_RMID, nullptr);
}

}  // namespace

std::filesystem::path default_place() {
    const char* place = std::getenv("TMPDIR");
    return place != nullptr && *place != '\0' ? place : "/tmp";
}

std::optional<std::string> memory_warning(const std::filesystem::path& folder) {
    struct statfs found {};
    if (::statfs(folder.c_str(), &found) != 0) return std::nullopt;
    const auto type = static_cast<unsigned long>(found.f_type);
    if (type != TMPFS_MAGIC && type != RAMFS_MAGIC) return std::nullopt;
    return fmt::format(
        "{} lies in memory: fsync is free there, so durable writes look faster than on any disk. "
        "Choose a place on a disk (--dir or TMPDIR) for figures that mean something.",
        folder.native());
}

void check_socket_path(const std::filesystem::path& socket) {
    constexpr auto most = sizeof(sockaddr_un::sun_path) - 1;
    const auto length = socket.native().size();
    if (length <= most) return;
    throw std::runtime_error(fmt::format(
        "the path of the socket {} has {} bytes and may have {}: choose a shorter folder (--dir or TMPDIR)",
        socket.native(), length, most));
}

void remove_folder(const std::filesystem::path& folder) noexcept {
    std::error_code failed;
    std::filesystem::directory_iterator entry(folder, failed);
    for (; !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
        remove_segment(entry->path() / "data" / "postmaster.pid");
    }
    std::filesystem::remove_all(folder, failed);
}

}  // namespace dibs::sandbox
