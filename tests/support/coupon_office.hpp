#pragma once

#include "coupon/claims/claim_desk.hpp"
#include "coupon/inventory.hpp"
#include "tests/support/lock_servers.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace dibs::tests {

/// The servers of a test program: one Redis, five more for redlock, PostgreSQL with a schema of each test's
/// own.
server_urls coupon_servers(const std::string& postgres_url);

/// What one service process has to issue coupons with.
class coupon_office {
   public:
    coupon_office(asio::io_context& io, const server_urls& urls, coupon::claim_desk::limits allowed = {});

    lock_servers servers;
    coupon::claim_desk desk;
};

/// Who claims what, and how; all claims at once.
struct claim_by {
    coupon_office* office;
    coupon::claim_request request;
};

/// The outcomes, in the order of the claims.
task<std::vector<coupon::outcome>> claim_at_once(std::vector<claim_by> claims, coupon::strategy how);

/// Users without a password, made directly in the database.
task<std::vector<coupon::user_id>> make_users(postgres::pool& pool, int count);

}  // namespace dibs::tests
