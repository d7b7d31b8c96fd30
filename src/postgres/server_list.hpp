#pragma once

#include "core/asio.hpp"
#include "core/name_lookup.hpp"
#include "postgres/target.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dibs::postgres {

/// The servers of a target with their addresses. libpq would look their names up itself, and hold up
/// everybody on the executor meanwhile. Not thread-safe.
class server_list {
   public:
    /// Throws dibs::error (bad_input) for a conninfo that cannot be read.
    server_list(const asio::any_io_executor& executor, const target& of);

    /// libpq's parameters `host`, `hostaddr` and `port`.
    struct parameters {
        std::string hosts;
        std::string addresses;
        std::string ports;
    };
    struct found {
        std::vector<std::vector<host>> servers;  ///< each with the addresses of its name; none: see target
        std::string unknown;                     ///< why the others' names have none

        /// Without the first so many. Empty where libpq is to find them itself.
        std::optional<parameters> from(std::size_t first) const;
    };
    /// Each name has its share of the time.
    task<found> find(deadline until);

   private:
    struct entry {
        host where;
        std::optional<name_lookup> names;
    };
    std::vector<entry> entries_;
};

}  // namespace dibs::postgres
