#include "postgres/server_list.hpp"

#include <utility>

namespace dibs::postgres {

server_list::server_list(const asio::any_io_executor& executor, const target& of) {
    for (auto& where : of.hosts()) {
        std::optional<name_lookup> names;
        if (where.is_name()) names.emplace(executor, where.name, 0);
        entries_.push_back({std::move(where), std::move(names)});
    }
}

task<server_list::found> server_list::find(deadline until) {
    found all;
    std::size_t left = entries_.size();
    for (entry& one : entries_) {
        // One share is for connecting; of one server alone nothing else is to be done before.
        const std::size_t shares = entries_.size() == 1 ? 1 : 1 + left--;
        if (!one.names) {
            all.servers.push_back({one.where});
            continue;
        }
        boost::system::error_code failed;
        const auto addresses = co_await one.names->find(share_of(until, shares), failed);
        std::vector<host> server;
        for (const auto& address : addresses)
            server.push_back({one.where.name, address.address().to_string(), one.where.port});
        if (!server.empty())
            all.servers.push_back(std::move(server));
        else
            all.unknown += (all.unknown.empty() ? "" : "; ") + one.where.name + ": " + failed.message();
    }
    co_return all;
}

std::optional<server_list::parameters> server_list::found::from(std::size_t first) const {
    if (servers.empty()) return std::nullopt;
    parameters joined;
    bool more = false;
    for (std::size_t i = first; i < servers.size(); ++i)
        for (const host& one : servers[i]) {
            const char* const comma = std::exchange(more, true) ? "," : "";
            joined.hosts += comma + one.name;
            joined.addresses += comma + one.address;
            joined.ports += comma + one.port;
        }
    return joined;
}

}  // namespace dibs::postgres
