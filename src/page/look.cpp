#include "page/look.hpp"

#include "coupon/claims/store.hpp"
#include "coupon/input.hpp"
#include "postgres/pool.hpp"

#include <dibs/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

namespace dibs::page {
namespace {

constexpr std::chrono::seconds patience{2};
constexpr std::size_t most_coupons = 100;

using seen_locks = std::vector<locks::seen_lock>;

void append(seen_locks& to, seen_locks more) {
    to.insert(to.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

task<seen_locks> seen_of(locks::backends servers, std::vector<std::string> names) {
    const auto until = after(patience);
    seen_locks seen = co_await locks::locks_in_database(*servers.pool, until);
    std::erase_if(seen, [&](const auto& one) {
        return std::find(names.begin(), names.end(), one.name) == names.end();
    });
    if (servers.redis) append(seen, co_await locks::locks_on_redis(servers.redis, names, until));
    if (!servers.masters.empty())
        append(seen, co_await locks::locks_on_masters(servers.masters, names, until));
    co_return seen;
}

}  // namespace

task<std::vector<coupon::coupon_state>> coupons_shown(postgres::pool& pool) {
    auto all = co_await coupon::list_coupons(pool, after(patience));
    if (all.size() > most_coupons) all.resize(most_coupons);
    co_return all;
}

task<std::optional<seen_locks>> locks_of(locks::backends servers, std::vector<coupon::coupon_state> coupons) {
    std::vector<std::string> names;
    for (const auto& coupon : coupons) names.push_back(coupon::lock_of_coupon(coupon.id));
    try {
        co_return co_await seen_of(std::move(servers), std::move(names));
    } catch (const error&) {
        co_return std::nullopt;
    }
}

}  // namespace dibs::page
