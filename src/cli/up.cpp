#include "cli/commands.hpp"
#include "cli/say.hpp"
#include "sandbox/servers.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace dibs::cli {
namespace {

struct up_flags {
    bool no_redlock = false;
    bool tcp = false;
    bool json = false;
    std::string place;
};

// SIGINT and SIGTERM, read from a descriptor from now on.
sandbox::unique_fd take_interrupts() {
    sigset_t interrupts;
    ::sigemptyset(&interrupts);
    ::sigaddset(&interrupts, SIGINT);
    ::sigaddset(&interrupts, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &interrupts, nullptr);
    return sandbox::unique_fd(::signalfd(-1, &interrupts, SFD_CLOEXEC));
}

void print_text(const sandbox::servers& servers) {
    fmt::print("redis     {}\n", servers.redis_url());
    for (const auto& url : servers.redlock_urls()) fmt::print("redlock   {}\n", url);
    fmt::print("postgres  {}\n", servers.postgres_url());
    fmt::print("folder    {}\n", servers.folder().native());
    fmt::print("Ctrl-C ends these servers and removes their data.\n");
}

void print_json(const sandbox::servers& servers) {
    boost::json::array masters;
    for (const auto& url : servers.redlock_urls()) masters.emplace_back(url);
    const boost::json::object urls{{"redis", servers.redis_url()},
                                   {"redlock", masters},
                                   {"postgres", servers.postgres_url()},
                                   {"folder", servers.folder().native()}};
    fmt::print("{}\n", boost::json::serialize(urls));
}

void await_interrupt_or_end(const sandbox::servers& servers, int interrupts) {
    std::vector<pollfd> wanted{{interrupts, POLLIN, 0}};
    for (const int ended : servers.ended_descriptors()) wanted.push_back({ended, POLLIN, 0});
    while (::poll(wanted.data(), wanted.size(), -1) < 0) {
    }
}

int run(const up_flags& flags) {
    sandbox::options wanted;
    wanted.redis_masters = flags.no_redlock ? 0 : sandbox::redlock_masters;
    wanted.place = flags.place;
    wanted.at = flags.tcp ? sandbox::address::loopback : sandbox::address::unix_socket;
    auto servers = sandbox::servers::start(wanted);
    if (const auto warning = servers.warning()) say("dibs: {}\n", *warning);
    const auto interrupts = take_interrupts();
    flags.json ? print_json(servers) : print_text(servers);
    std::fflush(stdout);
    await_interrupt_or_end(servers, interrupts.get());
    const auto ended = servers.first_ended();
    if (!ended) return success;
    throw std::runtime_error(
        fmt::format("{} has ended with {}; the sandbox goes with it", ended->name, ended->status.describe()));
}

}  // namespace

void add_up(CLI::App& app, int& status) {
    auto flags = std::make_shared<up_flags>();
    auto* up = app.add_subcommand("up", "Start a private Redis and PostgreSQL, and stay until interrupted");
    up->add_flag("--no-redlock", flags->no_redlock, "Leave out the five further Redis masters for redlock");
    up->add_option("--dir", flags->place, "Where to make the temporary folder (default: $TMPDIR or /tmp)")
        ->type_name("DIR");
    up->add_flag("--tcp", flags->tcp, "Ports of 127.0.0.1, with passwords, in place of Unix sockets");
    up->add_flag("--json", flags->json, "Print the URLs as one line of JSON");
    up->footer(
        "All data goes when it ends (Ctrl-C or SIGTERM: status 0). When a server dies: status 1.\n"
        "Example, in two terminals:\n"
        "  dibs up --json > urls.json\n"
        "  psql \"$(jq -r .postgres urls.json)\"");
    up->callback([flags, &status] { status = run(*flags); });
}

}  // namespace dibs::cli
