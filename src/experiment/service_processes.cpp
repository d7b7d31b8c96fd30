#include "experiment/service_processes.hpp"

#include "core/random.hpp"
#include "sandbox/log_tail.hpp"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace dibs::experiment {
namespace {

constexpr std::chrono::seconds start_time{30};

/// The number behind the last of those characters:
/// `dibs serve: listening on http://localhost:PORT`, `dibs serve: metrics on port PORT`
std::uint16_t port_behind(char mark, std::string_view line) {
    const auto at = line.rfind(mark);
    std::uint16_t port = 0;
    if (at != std::string_view::npos) std::from_chars(line.data() + at + 1, line.data() + line.size(), port);
    return port;
}

}  // namespace

running_service launch_service(sandbox::supervisor& box, const server_urls& servers,
                               const service_command& how) {
    sandbox::program serve(how.executable, {"serve", "--port", std::to_string(how.port), "--redis",
                                            servers.redis, "--postgres", servers.postgres});
    for (const auto& master : servers.masters)
        serve.arguments.insert(serve.arguments.end(), {"--redlock", master});
    serve.arguments.insert(serve.arguments.end(), how.further.begin(), how.further.end());
    const bool tells = how.own == service_command::figures::told;
    if (tells) serve.arguments.insert(serve.arguments.end(), {"--metrics-address", "127.0.0.1:0"});
    serve.environment.emplace_back("DIBS_TOKEN_KEY", how.token_key);
    serve.standard_output = sandbox::output::pipe();
    serve.standard_error = sandbox::output::file(how.log);
    auto process = box.start(serve);
    const auto until = sandbox::clock::now() + start_time;
    running_service started;
    started.port = port_behind(':', process.read_line(until).value_or(""));
    if (started.port != 0 && tells)
        started.figures_port = port_behind(' ', process.read_line(until).value_or(""));
    if (started.port == 0 || (tells && started.figures_port == 0))
        throw std::runtime_error(fmt::format("dibs serve did not start:\n{}", sandbox::log_tail(how.log)));
    started.process = std::move(process);
    return started;
}

service_processes::service_processes(sandbox::supervisor& box, const server_urls& servers, options how)
    : options_(std::move(how)) {
    const auto token_key = random_hex(32);
    for (int i = 0; i < options_.processes; ++i) {
        service_command one{options_.executable, options_.log, token_key, port_};
        one.own = service_command::figures::told;
        auto started = launch_service(box, servers, one);
        port_ = started.port;
        figures_ports_.push_back(started.figures_port);
        processes_.push_back(std::move(started.process));
    }
}

std::vector<pid_t> service_processes::pids() const {
    std::vector<pid_t> all;
    for (const auto& one : processes_) all.push_back(one.pid());
    return all;
}

void service_processes::check_running() {
    for (auto& process : processes_)
        if (!process.running())
            throw std::runtime_error(fmt::format("a dibs serve process ended during the run:\n{}",
                                                 sandbox::log_tail(options_.log)));
}

}  // namespace dibs::experiment
