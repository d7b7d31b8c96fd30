#pragma once

#include "core/asio.hpp"
#include "locks/keeper.hpp"
#include "locks/server_set.hpp"

#include <dibs/client.hpp>

#include <map>
#include <memory>
#include <optional>

namespace dibs::detail {

/// Throws dibs::error (bad_input) for a URL that cannot be read.
locks::server_addresses addresses_in(const config& servers);

/// What the copies of a client and its leases share. Everything happens on its executor.
class client_core {
   public:
    client_core(asio::any_io_executor executor, const config& servers);
    client_core(const client_core&) = delete;
    client_core& operator=(const client_core&) = delete;

    task<void> open();
    task<std::optional<locks::lease>> acquire(lock_request request);
    task<void> close();

    const asio::any_io_executor& executor() const { return executor_; }
    locks::keeper& keeper() { return keeper_; }
    /// Null: nobody is told.
    const std::shared_ptr<dibs::observer>& observer() const { return observer_; }

   private:
    locks::locker& locker_for(algorithm kind);
    std::unique_ptr<locks::locker> make_locker(algorithm kind) const;

    asio::any_io_executor executor_;
    locks::server_set servers_;
    locks::keeper keeper_;
    std::shared_ptr<dibs::observer> observer_;
    std::map<algorithm, std::unique_ptr<locks::locker>> lockers_;
    bool closed_ = false;
};

}  // namespace dibs::detail
