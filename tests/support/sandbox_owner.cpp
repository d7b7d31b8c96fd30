// A process that owns a sandbox, for tests of what is left when it goes: `sandbox_owner FATE` prints its
// folder, waits for SIGUSR1, and then meets its fate: return, exit or throw; `initdb` waits while initdb
// runs.
#include "sandbox/servers.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace {

namespace sandbox = dibs::sandbox;

// What the test reads before it sends any signal.
void tell(const std::filesystem::path& folder) {
    std::puts(folder.c_str());
    std::fflush(stdout);
}

void await_leave() {
    sigset_t leave;
    ::sigemptyset(&leave);
    ::sigaddset(&leave, SIGUSR1);
    int number = 0;
    ::sigwait(&leave, &number);
}

void begin_initdb() {
    sandbox::supervisor box;
    sandbox::postgres_cluster postgres(box);
    postgres.launch_initdb();
    tell(box.folder());
    await_leave();
}

void own(std::string_view fate) {
    auto servers = sandbox::servers::start({});
    sandbox::program sleep("/bin/sleep", {"1000"});
    const auto companion = servers.supervisor().start(sleep);
    tell(servers.folder());
    await_leave();
    if (fate == "exit") std::exit(0);
    if (fate == "throw") throw std::runtime_error("thrown by the test's program");
}

}  // namespace

int main(int argc, char** argv) {
    sigset_t leave;
    ::sigemptyset(&leave);
    ::sigaddset(&leave, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &leave, nullptr);
    ::setpgid(0, 0);  // so that a test can signal all of the group, as a terminal does
    const std::string_view fate = argc > 1 ? argv[1] : "return";
    fate == "initdb" ? begin_initdb() : own(fate);
}
