#include "soak/services.hpp"

#include "core/random.hpp"
#include "sandbox/log_tail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace dibs::soak {
namespace {

constexpr std::chrono::seconds time_to_start{30};

/// `dibs serve: listening on http://localhost:PORT`
std::uint16_t port_in(std::string_view ready_line) {
    const auto colon = ready_line.rfind(':');
    std::uint16_t port = 0;
    if (colon != std::string_view::npos)
        std::from_chars(ready_line.data() + colon + 1, ready_line.data() + ready_line.size(), port);
    return port;
}

std::string in_ms(std::chrono::milliseconds time) { return fmt::format("{}ms", time.count()); }

}  // namespace

services::services(sandbox::servers& box, options how)
    : box_(box), options_(std::move(how)), token_key_(random_hex(32)) {
    for (std::size_t i = 0; i < options_.processes; ++i) all_.push_back({launch()});
}

sandbox::process services::launch() {
    sandbox::program serve(
        options_.executable,
        {"serve", "--port", std::to_string(port_), "--redis", box_.redis_url(), "--postgres",
         box_.postgres_url(), "--lease", in_ms(options_.lease), "--wait", in_ms(options_.wait)});
    for (const auto& master : box_.redlock_urls())
        serve.arguments.insert(serve.arguments.end(), {"--redlock", master});
    serve.environment.emplace_back("DIBS_TOKEN_KEY", token_key_);
    serve.standard_output = sandbox::output::pipe();
    serve.standard_error = sandbox::output::file(options_.log);
    auto started = box_.supervisor().start(serve);
    const auto ready = started.read_line(sandbox::clock::now() + time_to_start);
    port_ = port_in(ready.value_or(""));
    if (port_ == 0)
        throw std::runtime_error(
            fmt::format("dibs serve did not start:\n{}", sandbox::log_tail(options_.log)));
    return started;
}

void services::kill(std::size_t which) {
    all_.at(which).running.kill();
    all_.at(which).killed = true;
}

std::size_t services::ended() {
    return static_cast<std::size_t>(
        std::ranges::count_if(all_, [](auto& one) { return !one.killed && !one.running.running(); }));
}

}  // namespace dibs::soak
