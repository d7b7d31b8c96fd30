#include "sandbox/supervision.hpp"

#include "sandbox/folder.hpp"
#include "sandbox/launch.hpp"
#include "sandbox/pidfd.hpp"
#include "sandbox/process_table.hpp"
#include "sandbox/readable.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <map>
#include <set>
#include <system_error>

namespace dibs::sandbox {
namespace {

// Time for a nested sandbox, whose own supervisor is among ours, to go by itself.
constexpr std::chrono::seconds grace{10};

struct child {
    pid_t pid = 0;
    int stop_signal = SIGTERM;
    bool ended = false;
    int wait_status = 0;
};

// A signal meant for the owner (Ctrl-C reaches the whole group) must not end its supervisor. SIGCHLD is read
// from a descriptor.
unique_fd take_signals() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM}) {
        std::signal(number, SIG_IGN);
    }
    std::signal(SIGCHLD, SIG_DFL);
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    ::sigprocmask(SIG_SETMASK, &children, nullptr);
    return unique_fd(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
}

// Nothing of the owner's stays open here: neither its sockets nor the pipe that someone reads its output
// from.
unique_fd keep_only(unique_fd channel) {
    constexpr int kept = 3;
    channel = unique_fd(::fcntl(channel.get(), F_DUPFD_CLOEXEC, kept));
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int stream = 0; stream < kept; ++stream) ::dup2(nowhere, stream);
    if (channel.get() != kept) channel = unique_fd(::dup3(channel.get(), kept, O_CLOEXEC));
    ::close_range(kept + 1, ~0U, 0);
    return channel;
}

class supervision {
   public:
    supervision(unique_fd channel, unique_fd signals)
        : channel_(std::move(channel)), signals_(std::move(signals)) {}

    void make_folder(const std::filesystem::path& place);
    void serve_owner();
    void end_children();
    void remove_folder() { sandbox::remove_folder(folder_); }

   private:
    bool serve_request();
    void answer(const wire::message& received);
    wire::answer start(const wire::message& received, std::string_view encoded);
    wire::answer status(const wire::request& asked);
    void reap();
    void signal(const child& whom, int number);
    bool has_children();
    int stop_signal_of(pid_t pid) const;

    unique_fd channel_;
    unique_fd signals_;
    std::filesystem::path folder_;
    std::map<std::int32_t, child> children_;
};

void supervision::make_folder(const std::filesystem::path& place) {
    auto path = (place / "dibs-XXXXXX").native();
    wire::answer told;
    if (::mkdtemp(path.data()) == nullptr) {
        told.error = errno;
        told.failed = wire::step::folder;
    } else {
        folder_ = path;
        // PostgreSQL under a user of its own passes through; what is in it is closed to others by itself.
        ::chmod(path.c_str(), 0711);
    }
    wire::send(channel_.get(), std::string(wire::bytes_of(told)) + path);
}

void supervision::serve_owner() {
    for (;;) {
        pollfd wanted[] = {{channel_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}};
        if (::poll(wanted, 2, -1) < 0) continue;
        if (wanted[1].revents != 0) reap();
        if (wanted[0].revents != 0 && !serve_request()) return;
    }
}

// False: the owner is gone.
bool supervision::serve_request() {
    const auto received = wire::receive(channel_.get());
    if (received) answer(*received);
    return received.has_value();
}

void supervision::answer(const wire::message& received) {
    const auto [asked, rest] = wire::split<wire::request>(received);
    if (asked.what == wire::operation::start) {
        const auto told = start(received, rest);
        const unique_fd handle(told.pid > 0 ? ::pidfd_open(told.pid, 0) : -1);
        wire::send(channel_.get(), wire::bytes_of(told),
                   handle ? std::vector{handle.get()} : std::vector<int>{});
        return;
    }
    if (asked.what == wire::operation::signal) signal(children_[asked.id], asked.signal);
    wire::send(channel_.get(), wire::bytes_of(status(asked)));
}

wire::answer supervision::start(const wire::message& received, std::string_view encoded) {
    wire::answer told;
    const auto what = wire::decode(encoded);
    const auto started = launch(what, {received.descriptors.at(0).get(), received.descriptors.at(1).get()});
    told.pid = started.pid;
    told.failed = started.failed;
    told.error = started.error;
    if (started.pid == 0) return told;
    told.id = static_cast<std::int32_t>(children_.size()) + 1;
    children_[told.id] = {started.pid, what.stop_signal, false, 0};
    return told;
}

wire::answer supervision::status(const wire::request& asked) {
    reap();
    const auto& whom = children_[asked.id];
    wire::answer told;
    told.id = asked.id;
    told.pid = whom.pid;
    told.ended = whom.ended ? 1 : 0;
    told.wait_status = whom.wait_status;
    return told;
}

// As the parent, the supervisor decides when a process id becomes free again: a signal never meets a
// stranger.
void supervision::signal(const child& whom, int number) {
    if (whom.pid > 0 && !whom.ended) ::kill(whom.pid, number);
}

void supervision::reap() {
    signalfd_siginfo drained;
    while (::read(signals_.get(), &drained, sizeof drained) > 0) {
    }
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        for (auto& [id, one] : children_) {
            if (one.pid != pid || one.ended) continue;
            one.ended = true;
            one.wait_status = status;
        }
    }
}

bool supervision::has_children() {
    reap();
    siginfo_t unused{};
    return ::waitid(P_ALL, 0, &unused, WEXITED | WNOHANG | WNOWAIT) == 0;
}

int supervision::stop_signal_of(pid_t pid) const {
    for (const auto& [id, one] : children_) {
        if (one.pid == pid && !one.ended) return one.stop_signal;
    }
    return SIGTERM;  // an orphan that we were made the parent of
}

// Orphans of children become children (of the subreaper), so that none is left when no child is.
void supervision::end_children() {
    std::set<pid_t> asked;
    const auto patience = clock::now() + grace;
    while (has_children()) {
        const bool patient = clock::now() < patience;
        for (const pid_t pid : children_of(::getpid())) {
            if (!patient) ::kill(pid, SIGKILL);
            if (!asked.insert(pid).second) continue;
            ::kill(pid, stop_signal_of(pid));
            ::kill(pid, SIGCONT);
        }
        constexpr int until_next_look_ms = 50;
        pollfd wanted{signals_.get(), POLLIN, 0};
        ::poll(&wanted, 1, until_next_look_ms);
    }
}

}  // namespace

void supervise(unique_fd channel, const std::filesystem::path& place) {
    ::setsid();
    ::prctl(PR_SET_NAME, "dibs-sandbox");
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    channel = keep_only(std::move(channel));
    supervision all(std::move(channel), take_signals());
    try {
        all.make_folder(place);
        if (::chdir("/") == 0) all.serve_owner();
    } catch (const std::exception&) {
        // The owner is gone, or has sent what no owner sends: either way this is the end.
    }
    all.end_children();
    all.remove_folder();
    ::_exit(0);
}

}  // namespace dibs::sandbox
