#pragma once

#include "core/asio.hpp"
#include "coupon/rules.hpp"
#include "locks/inspection.hpp"
#include "locks/locker.hpp"

#include <optional>
#include <vector>

/// What the pages ask of the servers, in two seconds at most each.
namespace dibs::page {

/// The first hundred coupons by their ids: what a stream tells every second has a bound. Throws dibs::error.
task<std::vector<coupon::coupon_state>> coupons_shown(postgres::pool& pool);

/// The coupons' locks that are held or waited for, wherever. Empty: a server does not answer.
task<std::optional<std::vector<locks::seen_lock>>> locks_of(locks::backends servers,
                                                            std::vector<coupon::coupon_state> coupons);

}  // namespace dibs::page
