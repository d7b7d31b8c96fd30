#include "sandbox/supervisor.hpp"

#include "sandbox/channel.hpp"
#include "sandbox/folder.hpp"
#include "sandbox/supervision.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace dibs::sandbox {
namespace {

std::pair<unique_fd, unique_fd> connected_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        throw std::system_error(errno, std::generic_category(), "socketpair");
    }
    return {unique_fd(ends[0]), unique_fd(ends[1])};
}

// What the program writes to, and what the owner reads from where that is a pipe.
struct opened {
    unique_fd theirs;
    unique_fd ours;
};

opened open_output(const output& wanted, int own) {
    opened made;
    if (wanted.goes == output::kind::pipe) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
        made.ours = unique_fd(ends[0]);
        made.theirs = unique_fd(ends[1]);
    } else if (wanted.goes == output::kind::inherited) {
        made.theirs = unique_fd(::fcntl(own, F_DUPFD_CLOEXEC, 3));
    } else {
        const auto path = wanted.goes == output::kind::file ? wanted.path : "/dev/null";
        made.theirs = unique_fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
        if (!made.theirs) throw std::system_error(errno, std::generic_category(), path.native());
    }
    return made;
}

std::string reason(const program& what, const wire::answer& told) {
    const std::string cause = std::strerror(told.error);
    switch (told.failed) {
        case wire::step::user:
            return fmt::format("cannot run {} as another user: {}", what.executable.native(), cause);
        case wire::step::working_directory:
            return fmt::format("cannot run {} in {}: {}", what.executable.native(),
                               what.working_directory.native(), cause);
        default: return fmt::format("cannot run {}: {}", what.executable.native(), cause);
    }
}

}  // namespace

supervisor::supervisor(std::filesystem::path place) {
    place = std::filesystem::absolute(place.empty() ? default_place() : std::move(place));
    auto [ours, theirs] = connected_pair();
    pid_ = ::fork();
    if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid_ == 0) supervise(std::move(theirs), place);
    theirs.reset();
    channel_ = std::make_shared<channel>(std::move(ours));
    const auto received = channel_->first_word();
    const auto [told, path] = wire::split<wire::answer>(received);
    if (told.failed == wire::step::none) {
        folder_ = path;
        return;
    }
    stop();
    throw std::runtime_error(
        fmt::format("cannot make a folder in {}: {}. Choose another place (--dir or TMPDIR)", place.native(),
                    std::strerror(told.error)));
}

supervisor::~supervisor() { stop(); }

process supervisor::start(const program& what) {
    auto out = open_output(what.standard_output, STDOUT_FILENO);
    auto err = open_output(what.standard_error, STDERR_FILENO);
    program placed = what;
    if (placed.working_directory.empty()) placed.working_directory = std::filesystem::current_path();
    auto received = channel_->ask({wire::operation::start, 0, 0}, wire::encode(placed),
                                  {out.theirs.get(), err.theirs.get()});
    const auto told = wire::split<wire::answer>(received).first;
    if (told.failed != wire::step::none) throw std::runtime_error(reason(placed, told));
    if (received.descriptors.empty()) throw std::runtime_error("this kernel has no pidfd (Linux 5.3 has)");
    process started;
    started.channel_ = channel_;
    started.id_ = told.id;
    started.pid_ = told.pid;
    started.stop_signal_ = what.stop_signal;
    started.handle_ = std::move(received.descriptors.front());
    started.output_.end = std::move(out.ours);
    started.errors_.end = std::move(err.ours);
    return started;
}

void supervisor::stop() noexcept {
    if (!channel_) return;
    channel_->close();
    channel_.reset();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    // It has removed the folder, unless someone killed it.
    if (!folder_.empty()) remove_folder(folder_);
}

}  // namespace dibs::sandbox
