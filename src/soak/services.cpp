#include "soak/services.hpp"

#include "core/random.hpp"
#include "experiment/service_processes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dibs::soak {
namespace {

std::string in_ms(std::chrono::milliseconds time) { return fmt::format("{}ms", time.count()); }

}  // namespace

services::services(sandbox::servers& box, options how)
    : box_(box), options_(std::move(how)), token_key_(random_hex(32)) {
    for (std::size_t i = 0; i < options_.processes; ++i) all_.push_back({launch()});
}

sandbox::process services::launch() {
    const experiment::server_urls servers{box_.redis_url(), box_.redlock_urls(), box_.postgres_url()};
    auto started =
        experiment::launch_service(box_.supervisor(), servers,
                                   {options_.executable,
                                    options_.log,
                                    token_key_,
                                    port_,
                                    {"--lease", in_ms(options_.lease), "--wait", in_ms(options_.wait)}});
    port_ = started.port;
    return std::move(started.process);
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
