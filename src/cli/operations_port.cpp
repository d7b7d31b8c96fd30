#include "cli/operations_port.hpp"

#include <utility>

namespace dibs::cli {
namespace {

http::router with_metrics(http::router routes, std::function<std::string()> metrics) {
    routes.add(http::method::get, "/metrics",
               [metrics = std::move(metrics)](const http::request&,
                                              const http::path_params&) -> task<http::response> {
                   http::response answer;
                   answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
                   answer.body = metrics();
                   co_return answer;
               });
    return routes;
}

}  // namespace

operations_port::operations_port(const asio::any_io_executor& executor, http::server_options where,
                                 http::router probes, std::function<std::string()> metrics)
    : server_(executor, std::move(where), with_metrics(std::move(probes), std::move(metrics))),
      serving_(executor) {
    server_.listen();
    serving_.spawn(server_.run());
}

task<void> operations_port::stop(deadline until) {
    co_await server_.stop(until);
    co_await serving_.join();
}

}  // namespace dibs::cli
