#include "tests/support/lock_servers.hpp"

#include "locks/cohort.hpp"
#include "redis/endpoint.hpp"
#include "tests/support/broken_lockers.hpp"

namespace dibs::tests {

locks::server_addresses addresses_of(const server_urls& urls) {
    locks::server_addresses where;
    where.redis = redis::endpoint_from_url(urls.redis);
    for (const auto& url : urls.masters) where.masters.push_back(redis::endpoint_from_url(url));
    where.postgres = postgres::target{.conninfo = urls.postgres};
    return where;
}

lock_request named_lock::request(const std::string& name) const {
    lock_request made(name);
    made.algorithm = locker->kind();
    made.local_handoff = handoff;
    return made;
}

named_lock make_lock(const std::string& lock, const locks::backends& servers) {
    constexpr std::string_view locally = "+local";
    if (lock.ends_with(locally)) {
        const auto kind = algorithm_from(lock.substr(0, lock.size() - locally.size())).value();
        auto backend = locks::make_locker(kind, servers);
        return {std::make_unique<locks::cohort>(servers.executor, std::move(backend)), local_handoff::on};
    }
    if (const auto kind = algorithm_from(lock)) return {locks::make_locker(*kind, servers)};
    return {make_broken_locker(lock, servers)};
}

}  // namespace dibs::tests
