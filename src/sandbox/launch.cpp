// fork and exec by hand: the supervisor must be the parent of what it starts, hands over descriptors that
// came through a socket, changes the user and reports which step failed. posix_spawn cannot change the user,
// and Boost.Process would still need all of this in its hooks, for a good deal of compile time.
#include "sandbox/launch.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace dibs::sandbox {
namespace {

struct report {
    wire::step failed;
    int error;
};

// Everything that allocates, made before the fork.
struct image {
    explicit image(const program& what) {
        words.push_back(what.executable.native());
        words.insert(words.end(), what.arguments.begin(), what.arguments.end());
        for (char** entry = environ; *entry != nullptr; ++entry) {
            const std::string_view text = *entry;
            if (!replaced(what, text.substr(0, text.find('=')))) variables.emplace_back(text);
        }
        for (const auto& [name, value] : what.environment) {
            variables.emplace_back(name).append("=").append(value);
        }
        for (auto& word : words) argv.push_back(word.data());
        for (auto& variable : variables) envp.push_back(variable.data());
        argv.push_back(nullptr);
        envp.push_back(nullptr);
    }

    static bool replaced(const program& what, std::string_view variable) {
        for (const auto& [name, value] : what.environment) {
            if (name == variable) return true;
        }
        return false;
    }

    std::vector<std::string> words;
    std::vector<std::string> variables;
    std::vector<char*> argv;
    std::vector<char*> envp;
};

void restore_signals() {
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool become(const user& other) {
    return ::setgroups(1, &other.group) == 0 && ::setgid(other.group) == 0 && ::setuid(other.id) == 0;
}

// In the child: async-signal-safe calls only. Returns the step that failed.
wire::step execute(const program& what, const image& made, streams into) {
    restore_signals();
    ::dup2(into.out, STDOUT_FILENO);
    ::dup2(into.err, STDERR_FILENO);
    if (what.run_as && !become(*what.run_as)) return wire::step::user;
    // Only should the supervisor itself be killed. Set after the change of user, which clears it.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!what.working_directory.empty() && ::chdir(what.working_directory.c_str()) != 0) {
        return wire::step::working_directory;
    }
    ::execve(made.argv.front(), made.argv.data(), made.envp.data());
    return wire::step::execute;
}

}  // namespace

launched launch(const program& what, streams into) {
    const image made(what);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return {0, wire::step::fork, errno};
    const unique_fd reader(ends[0]);
    unique_fd writer(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0) return {0, wire::step::fork, errno};
    if (pid == 0) {
        const auto failed = execute(what, made, into);
        const report told{failed, errno};
        const auto written = ::write(writer.get(), &told, sizeof told);
        ::_exit(written == sizeof told ? 127 : 126);
    }
    writer.reset();
    report told{};
    ssize_t size = 0;
    do size = ::read(reader.get(), &told, sizeof told);
    while (size < 0 && errno == EINTR);
    if (size <= 0) return {pid, wire::step::none, 0};  // the descriptor closed on exec: it runs
    ::waitpid(pid, nullptr, 0);
    return {0, told.failed, told.error};
}

}  // namespace dibs::sandbox
