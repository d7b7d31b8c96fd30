#pragma once

#include "core/asio.hpp"
#include "postgres/pool.hpp"

#include <dibs/lease.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dibs::torture {

/// Makes the tables of the resource and a row for each name; blocks.
void prepare_resource(const std::string& postgres_url, const std::vector<std::string>& names);

/// What the locks protect: a row for each name that numbers the writes it accepts. As a naive user would it
/// writes what it is told to, without a look at the lease.
class resource {
   public:
    resource(asio::any_io_executor executor, const std::string& postgres_url, std::size_t sessions);

    /// The number of the write; empty: the fence refused it. Throws dibs::error.
    task<std::optional<std::int64_t>> write_fenced(std::string name, fencing_token token, std::string owner);
    /// A resource that checks nothing.
    task<std::optional<std::int64_t>> write(std::string name);
    /// In the session of a `database` lock: it counts from the lock's release.
    static task<std::optional<std::int64_t>> write_within(lease& held);

   private:
    postgres::pool pool_;
};

}  // namespace dibs::torture
