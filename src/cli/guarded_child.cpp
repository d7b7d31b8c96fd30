#include "cli/guarded_child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace dibs::cli {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// In the child: becomes the command, or tells why not through `report`.
[[noreturn]] void become(std::vector<char*>& words, pid_t parent, int report) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // Our parent may have died before that.
    if (::getppid() == parent) ::execvp(words.front(), words.data());
    const int cause = errno;
    [[maybe_unused]] const auto told = ::write(report, &cause, sizeof cause);
    ::_exit(127);
}

}  // namespace

guarded_child::guarded_child(const std::vector<std::string>& command, const variables& added_environment) {
    for (const auto& [name, value] : added_environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<std::string> copies = command;
    std::vector<char*> words;
    words.reserve(copies.size() + 1);
    for (auto& word : copies) words.push_back(word.data());
    words.push_back(nullptr);

    std::array<int, 2> report{};
    if (::pipe2(report.data(), O_CLOEXEC) != 0) fail("pipe");
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) become(words, parent, report[1]);
    ::close(report[1]);
    int cause = pid_ < 0 ? errno : 0;
    if (pid_ > 0 && ::read(report[0], &cause, sizeof cause) == sizeof cause) ::waitpid(pid_, nullptr, 0);
    ::close(report[0]);
    if (cause != 0) throw std::system_error(cause, std::generic_category(), command.front());
    handle_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (handle_ < 0) fail("pidfd_open");
}

guarded_child::~guarded_child() {
    if (pid_ > 0) {
        signal(SIGKILL);
        wait();
    }
    if (handle_ >= 0) ::close(handle_);
}

void guarded_child::signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);
}

int guarded_child::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace dibs::cli
