#pragma once

#include "core/asio.hpp"
#include "coupon/input.hpp"
#include "coupon/strategy.hpp"
#include "coupon/tokens.hpp"
#include "redis/endpoint.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dibs::http {
class router;
}

namespace dibs::coupon {

struct service_options {
    redis::endpoint redis;
    std::vector<redis::endpoint> masters;  ///< for redlock; empty: redlock is not offered
    std::string postgres;                  ///< what libpq takes: a URI or `key=value …`
    std::size_t pool_size = 16;
    std::size_t hashing_threads = 1;
    std::chrono::milliseconds lease = std::chrono::seconds(10);
    std::chrono::milliseconds wait = std::chrono::seconds(10);
    strategy by_default = strategy::queue;
    std::optional<token_key> key;  ///< empty: one of this process's own
    std::vector<coupon_spec> coupons;
};

/// The coupon service of one process, without its HTTP server. One executor.
class service {
   public:
    service(const asio::any_io_executor& executor, service_options options);
    service(const service&) = delete;
    service& operator=(const service&) = delete;
    ~service();

    /// Reaches every backend and creates the tables and coupons that are missing. Throws dibs::error that
    /// names the backend which is away.
    task<void> prepare(deadline until);

    /// The service must outlive it.
    http::router routes();

    /// To be called when no request is under way any more: gives back what claims hold, and closes.
    task<void> stop();

   private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace dibs::coupon
