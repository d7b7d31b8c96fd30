#include "history/writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

namespace dibs::history {

std::int64_t now_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{1'000'000'000} * now.tv_sec + now.tv_nsec;
}

writer::writer(std::filesystem::path file)
    : path_(std::move(file)), file_(open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    if (file_ < 0) throw std::system_error(errno, std::generic_category(), path_.native());
}

writer::~writer() { close(file_); }

void writer::write(event what) {
    what.at_ns = now_ns();
    const auto line = to_line(what);
    std::size_t written = 0;
    while (written < line.size()) {
        const auto count = ::write(file_, line.data() + written, line.size() - written);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category(), path_.native());
        written += static_cast<std::size_t>(count);
    }
}

}  // namespace dibs::history
