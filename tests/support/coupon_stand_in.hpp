#pragma once

#include "core/asio.hpp"
#include "core/event.hpp"
#include "http/server.hpp"
#include "load/scenario.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dibs::tests {

/// Answers sign-ups and claims as the coupon service does, without issuing anything, over a real HTTP server
/// on a free port. Remembers what it was asked.
class coupon_stand_in {
   public:
    explicit coupon_stand_in(asio::io_context& io);
    coupon_stand_in(const coupon_stand_in&) = delete;
    coupon_stand_in& operator=(const coupon_stand_in&) = delete;

    struct asked {
        std::string path;
        std::string body;
        std::string authorization;
        std::string strategy;
        std::string content_type;
    };

    load::service_address address() const;
    /// Ends the server; to be called before the io_context goes when handlers may hang.
    task<void> stop();

    std::vector<asked> requests;           ///< sign-ups and claims, in order
    std::size_t most_connections = 0;      ///< open at a time
    std::vector<http::response> sign_ups;  ///< answers, in turn; none: each gets a token of its own
    std::vector<http::response> claims;    ///< answers, in turn; none: issued
    std::function<void()> on_claim;        ///< called as each arrives

    std::size_t count(std::string_view path) const;

    /// From now on claims are answered only after release_claims().
    void hold_claims();
    void release_claims() { held_->set(); }

   private:
    task<http::response> sign_up(const http::request& request, const http::path_params& path);
    task<http::response> claim(const http::request& request, const http::path_params& path);
    void remember(const http::request& request);
    http::router routes();

    asio::any_io_executor executor_;
    std::unique_ptr<event> held_;
    std::size_t sign_ups_seen_ = 0;
    std::size_t claims_seen_ = 0;
    http::server server_;
};

/// An answer with this status, and this problem's type if any.
http::response answer(int status, std::string_view problem = {});

}  // namespace dibs::tests
