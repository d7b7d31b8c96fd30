#include "tests/soak/traces.hpp"

#include <algorithm>

namespace dibs::soak {
namespace {

using namespace std::chrono_literals;

task<redis::reply> ask(redis::connection& server, redis::command what) {
    return server.execute(std::move(what), after(10s));
}

task<void> count_at(redis::connection& server, traces& into) {
    const auto keys = co_await ask(server, redis::command("KEYS").arg("*"));
    into["keys"] += std::ranges::count_if(keys.elements(),
                                          [](const auto& key) { return !key.text().ends_with(":token"); });
    const auto channels = co_await ask(server, redis::command("PUBSUB").arg("CHANNELS"));
    into["channels"] += static_cast<std::int64_t>(channels.elements().size());
    const auto clients = co_await ask(server, redis::command("CLIENT").arg("LIST"));
    into["connections"] += std::ranges::count(clients.text(), '\n') - 1;
}

}  // namespace

task<traces> traces_at(locks::server_set& servers) {
    traces found;
    const auto all = servers.for_lockers();
    co_await count_at(*all.redis, found);
    for (const auto& master : all.masters) co_await count_at(*master, found);
    constexpr postgres::statement count{"",
                                        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client "
                                        "backend' AND pid <> pg_backend_pid()"};
    const auto sessions = co_await servers.pool().execute(count, {}, after(10s));
    found["sessions"] = sessions.integer(0, 0);
    co_return found;
}

task<void> cut_connections(redis::connection& to, std::string kind) {
    auto cut = redis::command("CLIENT").arg("KILL").arg("TYPE").arg(kind);
    co_await ask(to, std::move(cut));
}

}  // namespace dibs::soak
