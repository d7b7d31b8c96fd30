#pragma once

#include "core/asio.hpp"
#include "coupon/accounts/access_observer.hpp"
#include "coupon/accounts/tokens.hpp"
#include "coupon/claims/claim_observer.hpp"
#include "coupon/input.hpp"
#include "coupon/strategy.hpp"
#include "http/message.hpp"
#include "http/rate_limit.hpp"
#include "locks/locker.hpp"
#include "postgres/pool.hpp"
#include "redis/endpoint.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dibs::http {
class router;
}

namespace dibs::coupon {

/// What to do with servers whose settings can lose what was acknowledged, or locks that are held.
enum class unsafe_servers { refused, accepted };

struct service_options {
    redis::endpoint redis;
    std::vector<redis::endpoint> masters;  ///< for redlock; empty: redlock is not offered
    std::string postgres;                  ///< what libpq takes: a URI or `key=value …`
    std::size_t pool_size = 16;
    std::size_t hashing_threads = 1;
    std::chrono::milliseconds lease = std::chrono::seconds(10);
    std::chrono::milliseconds wait = std::chrono::seconds(10);
    std::size_t claims_under_way = 20'000;  ///< one more is answered 503 at once
    strategy by_default = strategy::queue;
    std::vector<strategy> strategies;  ///< that are offered; empty: all
    std::optional<token_keys> keys;    ///< empty: one of this process's own
    std::chrono::seconds token_life = tokens::usual_life;
    std::vector<coupon_spec> coupons;
    std::optional<http::rate> rate_by_user;  ///< of authenticated requests; empty: no limit
    coupon::unsafe_servers unsafe_servers = unsafe_servers::refused;
    std::shared_ptr<claim_observer> observer;  ///< empty: nobody is told
    std::shared_ptr<access_observer> access = std::make_shared<access_observer>();

    bool offers(strategy kind) const {
        return strategies.empty() ||
               std::find(strategies.begin(), strategies.end(), kind) != strategies.end();
    }
};

/// The coupon service of one process, without its HTTP server. One executor.
class service {
   public:
    service(const asio::any_io_executor& executor, service_options options);
    service(const service&) = delete;
    service& operator=(const service&) = delete;
    ~service();

    /// Reaches every backend and creates the tables and coupons that are missing. Throws dibs::error that
    /// names the backend which is away or, unless they are accepted, what is unsafe about the servers. They
    /// have 5 s to answer, and migrations ten minutes; cancelled, it ends at once and the tables are as
    /// before.
    task<void> prepare();

    /// The service must outlive it.
    http::router routes();

    /// Those of its routes that say how it is, for a port of their own.
    http::router probes();
    /// The action, for administrators alone. The service must outlive it.
    http::handler for_administrators(http::handler action);
    locks::backends servers() const;

    /// From now on it says that it is not ready.
    void leave();

    postgres::pool_use sessions() const;

    /// From now on access tokens are signed and checked with these.
    void renew_keys(const token_keys& keys);

    /// To be called when no request is under way any more: gives back what claims hold, and closes.
    task<void> stop();

   private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace dibs::coupon
