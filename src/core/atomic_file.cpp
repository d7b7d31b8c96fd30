#include "core/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace dibs {
namespace {

/// mkostemp gives 0600; a file made the plain way has what the umask leaves.
mode_t usual_mode() {
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/// What was renamed into a folder that one may not read cannot be synced, and is there all the same.
void sync_folder_of(const std::filesystem::path& place) {
    const auto folder = place.has_parent_path() ? place.parent_path() : std::filesystem::path(".");
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}

}  // namespace

void atomic_file::fail(const char* doing) const {
    throw std::system_error(errno, std::generic_category(),
                            fmt::format("cannot {} {}", doing, place_.native()));
}

atomic_file::atomic_file(std::filesystem::path place)
    : place_(std::move(place)), beside_(place_.native() + ".XXXXXX") {
    if (std::filesystem::is_directory(place_)) {
        errno = EISDIR;
        fail("write");
    }
    descriptor_ = mkstemp(beside_.data());
    if (descriptor_ < 0) fail("write");
    fchmod(descriptor_, usual_mode());
}

atomic_file::~atomic_file() {
    if (descriptor_ >= 0) close(descriptor_);
    if (descriptor_ >= 0 && !beside_.empty()) unlink(beside_.c_str());
}

void atomic_file::keep(std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = write(descriptor_, content.data(), content.size());
        if (written < 0 && errno != EINTR) fail("write");
        if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (fsync(descriptor_) != 0 && errno != EINVAL) fail("write");
    if (std::rename(beside_.c_str(), place_.c_str()) != 0) fail("replace");
    beside_.clear();
    sync_folder_of(place_);
}

}  // namespace dibs
