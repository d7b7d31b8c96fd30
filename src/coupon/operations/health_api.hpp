#pragma once

#include "core/asio.hpp"
#include "coupon/operations/readiness.hpp"
#include "coupon/strategy.hpp"
#include "http/router.hpp"

#include <functional>
#include <vector>

namespace dibs::coupon {

/// What those who run the service ask of it.
///
///     GET /healthz        200 as long as the process answers, {"data":{"status", "strategies"}}
///     GET /readyz         200 {"data":{"status"}}, 503 not-ready, whose `missing` says what is
///     GET /openapi.json   the service's description, OpenAPI 3.1
class health_api {
   public:
    struct parts {
        readiness* state;
        std::function<std::vector<strategy>()> offered;
    };

    explicit health_api(parts use) : use_(std::move(use)) {}

    /// It must outlive the router.
    void add_to(http::router& routes);

   private:
    task<http::response> alive(const http::request& request, const http::path_params& path);
    task<http::response> ready(const http::request& request, const http::path_params& path);

    parts use_;
};

}  // namespace dibs::coupon
