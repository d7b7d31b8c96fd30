#include "measure/commands.hpp"

#include "measure/library.hpp"
#include "measure/plain_redis.hpp"

#include <stdexcept>
#include <utility>

namespace dibs::measure {
namespace {

constexpr std::size_t counted_cycles = 200;
constexpr std::chrono::seconds reply_patience{5};
constexpr std::string_view end_mark = "dibs-measure-end";

/// The lines of MONITOR up to our mark, without those of commands that a script ran.
std::size_t commands_seen(plain_redis& monitor, plain_redis& marker) {
    marker.ask(redis::command("ECHO").arg(end_mark));
    std::size_t count = 0;
    for (;;) {
        const auto line = monitor.listen(reply_patience);
        if (!line) throw std::runtime_error("MONITOR fell silent");
        if (line->find(end_mark) != std::string::npos) return count;
        count += line->find(" lua]") == std::string::npos ? 1U : 0U;
    }
}

}  // namespace

double commands_per_cycle(asio::io_context& io, user& who, const std::vector<std::string>& redis_urls) {
    run_to_end(io, repeat_cycle(who, counted_cycles));  // the servers know the scripts
    std::vector<plain_redis> monitors;
    for (const auto& url : redis_urls) {
        monitors.emplace_back(redis::endpoint_from_url(url));
        monitors.back().ask(redis::command("MONITOR"));
    }
    run_to_end(io, repeat_cycle(who, counted_cycles));
    std::size_t count = 0;
    for (std::size_t i = 0; i < monitors.size(); ++i) {
        plain_redis marker(redis::endpoint_from_url(redis_urls[i]));
        count += commands_seen(monitors[i], marker);
    }
    return static_cast<double>(count) / static_cast<double>(counted_cycles * monitors.size());
}

figure measure_commands(sandbox::servers& on) {
    library ours(config::from_url(on.redis_url()));
    const auto user = ours.users(request_for(algorithm::queue, "measure:commands"));
    return {"commands_per_cycle", "commands", {{commands_per_cycle(ours.io, *user, {on.redis_url()}), 0}}};
}

figure measure_redlock_commands(sandbox::servers& on) {
    config servers;
    servers.masters = on.redlock_urls();
    library ours(servers);
    const auto user = ours.users(request_for(algorithm::redlock, "measure:commands"));
    return {"commands_per_cycle_redlock",
            "commands",
            {{commands_per_cycle(ours.io, *user, on.redlock_urls()), 0}}};
}

}  // namespace dibs::measure
