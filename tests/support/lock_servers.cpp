#include "tests/support/lock_servers.hpp"

#include "redis/endpoint.hpp"

#include <utility>

namespace dibs::tests {

lock_servers::lock_servers(asio::any_io_executor executor, const server_urls& urls)
    : executor_(std::move(executor)),
      redis_(executor_, redis::endpoint_from_url(urls.redis)),
      subscriber_(executor_, redis::endpoint_from_url(urls.redis)),
      pool_(executor_, urls.postgres) {
    for (const auto& url : urls.masters)
        masters_.push_back(std::make_unique<redis::connection>(executor_, redis::endpoint_from_url(url)));
}

locks::backends lock_servers::backends() {
    locks::backends servers;
    servers.executor = executor_;
    servers.redis = &redis_;
    servers.subscriber = &subscriber_;
    for (const auto& master : masters_) servers.masters.push_back(master.get());
    servers.pool = &pool_;
    return servers;
}

}  // namespace dibs::tests
