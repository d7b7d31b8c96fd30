#include "tests/support/lock_servers.hpp"

#include "redis/endpoint.hpp"

namespace dibs::tests {

locks::server_addresses addresses_of(const server_urls& urls) {
    locks::server_addresses where;
    where.redis = redis::endpoint_from_url(urls.redis);
    for (const auto& url : urls.masters) where.masters.push_back(redis::endpoint_from_url(url));
    where.postgres = postgres::target{.conninfo = urls.postgres};
    return where;
}

}  // namespace dibs::tests
