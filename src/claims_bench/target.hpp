#pragma once

#include "coupon/operations/database.hpp"
#include "sandbox/servers.hpp"

namespace dibs::claims_bench {

/// The database with the session's settings of the service, so that its statements get the same plans.
inline postgres::target target_of(const sandbox::servers& servers) {
    return coupon::database_of(servers.postgres_url());
}

}  // namespace dibs::claims_bench
