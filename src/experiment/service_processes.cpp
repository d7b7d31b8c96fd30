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

/// `dibs serve: listening on http://localhost:PORT`
std::uint16_t port_in(std::string_view ready_line) {
    const auto colon = ready_line.rfind(':');
    std::uint16_t port = 0;
    if (colon != std::string_view::npos)
        std::from_chars(ready_line.data() + colon + 1, ready_line.data() + ready_line.size(), port);
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
    serve.environment.emplace_back("DIBS_TOKEN_KEY", how.token_key);
    serve.standard_output = sandbox::output::pipe();
    serve.standard_error = sandbox::output::file(how.log);
    auto process = box.start(serve);
    const auto ready = process.read_line(sandbox::clock::now() + start_time);
    const auto port = port_in(ready.value_or(""));
    if (port == 0)
        throw std::runtime_error(fmt::format("dibs serve did not start:\n{}", sandbox::log_tail(how.log)));
    return {std::move(process), port};
}

service_processes::service_processes(sandbox::supervisor& box, const server_urls& servers, options how)
    : options_(std::move(how)) {
    const auto token_key = random_hex(32);
    for (int i = 0; i < options_.processes; ++i) {
        auto started = launch_service(box, servers, {options_.executable, options_.log, token_key, port_});
        port_ = started.port;
        processes_.push_back(std::move(started.process));
    }
}

void service_processes::check_running() {
    for (auto& process : processes_)
        if (!process.running())
            throw std::runtime_error(fmt::format("a dibs serve process ended during the run:\n{}",
                                                 sandbox::log_tail(options_.log)));
}

}  // namespace dibs::experiment
