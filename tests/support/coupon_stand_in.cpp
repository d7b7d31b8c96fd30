#include "tests/support/coupon_stand_in.hpp"

#include "core/spawn.hpp"
#include "http/problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dibs::tests {
namespace {

http::server_options any_free_port() {
    http::server_options options;
    options.address = "localhost";
    options.port = 0;
    return options;
}

http::response created(std::string body) {
    http::response made;
    made.status = 201;
    made.body = std::move(body);
    return made;
}

}  // namespace

http::response answer(int status, std::string_view problem) {
    http::problem made;
    made.status = status;
    if (!problem.empty()) made.type = fmt::format("/problems/{}", problem);
    return http::to_response(made);
}

coupon_stand_in::coupon_stand_in(asio::io_context& io)
    : executor_(io.get_executor()), server_(io.get_executor(), any_free_port(), routes()) {
    server_.listen();
    spawn(io.get_executor(), server_.run());
}

load::service_address coupon_stand_in::address() const { return {"localhost", server_.port()}; }

task<void> coupon_stand_in::stop() { return server_.stop(steady::now()); }

std::size_t coupon_stand_in::count(std::string_view path) const {
    return static_cast<std::size_t>(std::ranges::count(requests, path, &asked::path));
}

void coupon_stand_in::hold_claims() { held_ = std::make_unique<event>(executor_); }

http::router coupon_stand_in::routes() {
    http::router made;
    made.add(http::method::post, "/api/auth/signup",
             [this](const http::request& request, const http::path_params& path) {
                 return sign_up(request, path);
             });
    made.add(
        http::method::post, "/api/coupons/{id}/claims",
        [this](const http::request& request, const http::path_params& path) { return claim(request, path); });
    return made;
}

void coupon_stand_in::remember(const http::request& request) {
    most_connections = std::max(most_connections, server_.count().connections);
    const auto field = [&](std::string_view name) { return std::string(request.header(name).value_or("")); };
    requests.push_back({std::string(request.path), std::string(request.body), field("Authorization"),
                        field("X-Lock-Strategy"), field("Content-Type")});
}

task<http::response> coupon_stand_in::sign_up(const http::request& request, const http::path_params&) {
    remember(request);
    const std::size_t number = sign_ups_seen_++;
    if (number < sign_ups.size()) co_return sign_ups[number];
    co_return created(fmt::format(R"({{"data":{{"accessToken":"token-of-user-{}"}}}})", number));
}

task<http::response> coupon_stand_in::claim(const http::request& request, const http::path_params&) {
    remember(request);
    const std::size_t number = claims_seen_++;
    if (on_claim) on_claim();
    if (held_) co_await held_->wait();
    if (number < claims.size()) co_return claims[number];
    co_return created(fmt::format(R"({{"data":{{"id":{}}}}})", number));
}

}  // namespace dibs::tests
