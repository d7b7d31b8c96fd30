#pragma once

#include "core/asio.hpp"
#include "locks/server_set.hpp"

#include <dibs/lock.hpp>

#include <memory>
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

/// A lock by its name: an algorithm, `ALGORITHM+local` for one with local hand-off, or a bug
/// (broken_lockers.hpp).
struct named_lock {
    std::unique_ptr<locks::locker> locker;
    local_handoff handoff = local_handoff::off;

    /// A request that this locker serves.
    lock_request request(const std::string& name) const;
};
named_lock make_lock(const std::string& lock, const locks::backends& servers);

}  // namespace dibs::tests
