#include "claims_bench/constant_server.hpp"

#include "core/run.hpp"
#include "http/server.hpp"

#include <boost/asio/io_context.hpp>

namespace dibs::claims_bench {

void serve_constant(std::uint16_t port, const std::string& body,
                    const std::function<void(std::uint16_t)>& listening) {
    asio::io_context io{1};
    http::router routes;
    routes.add(http::method::post, "/api/coupons/{id}/claims",
               [&body](const http::request&, const http::path_params&) -> task<http::response> {
                   http::response made;
                   made.status = 409;
                   made.content_type = "application/problem+json";
                   made.body = body;
                   co_return made;
               });
    http::server_options at;
    at.port = port;
    http::server server(io.get_executor(), at, std::move(routes));
    server.listen();
    listening(server.port());
    run_to_end(io, server.run());
}

}  // namespace dibs::claims_bench
