#pragma once

#include "core/asio.hpp"
#include "locks/server_set.hpp"

#include <string>
#include <vector>

namespace dibs::tests {

struct server_urls {
    std::string redis;
    std::vector<std::string> masters;
    std::string postgres;
};

locks::server_addresses addresses_of(const server_urls& urls);

/// The connections that every algorithm needs, as one process has them.
class lock_servers : public locks::server_set {
   public:
    lock_servers(asio::any_io_executor executor, const server_urls& urls)
        : server_set(std::move(executor), addresses_of(urls)) {}
};

}  // namespace dibs::tests
