#include "tests/soak/guard.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>

namespace dibs::soak {
namespace {

using namespace std::chrono_literals;

/// PF_EXITING of linux/sched.h: set before a process closes its files.
constexpr unsigned long exiting = 0x4;

bool is_dying(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const auto name_ends = text.rfind(')');
    if (name_ends == std::string::npos) return true;  // it is gone
    std::istringstream fields(text.substr(name_ends + 1));
    std::string skipped;
    unsigned long flags = 0;
    // state ppid pgrp session tty_nr tpgid flags …
    for (int i = 0; i < 6; ++i) fields >> skipped;
    fields >> flags;
    return (flags & exiting) != 0;
}

}  // namespace

guard::guard(const std::filesystem::path& file)
    : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ < 0) throw std::system_error(errno, std::generic_category(), file.native());
}

guard::~guard() { ::close(file_); }

guard::outcome guard::take() {
    for (auto how = outcome::taken;; how = outcome::taken_from_the_dying) {
        if (::flock(file_, LOCK_EX | LOCK_NB) == 0) {
            const pid_t us = ::getpid();
            if (::pwrite(file_, &us, sizeof us, 0) != sizeof us)
                throw std::system_error(errno, std::generic_category(), "a guard's file");
            return how;
        }
        if (!of_the_dying()) return outcome::met_another;
        std::this_thread::sleep_for(100us);
    }
}

bool guard::of_the_dying() const {
    pid_t holder = 0;
    return ::pread(file_, &holder, sizeof holder, 0) == sizeof holder && is_dying(holder);
}

}  // namespace dibs::soak
