#include "cli/serve/operations_port.hpp"

#include <utility>

namespace dibs::cli {
namespace {

void add_text(http::router& to, const char* path, const char* content_type,
              std::function<std::string()> text) {
    to.add(http::method::get, path,
           [content_type, text = std::move(text)](const http::request&,
                                                  const http::path_params&) -> task<http::response> {
               http::response answer;
               answer.content_type = content_type;
               answer.body = text();
               co_return answer;
           });
}

http::router with_figures(http::router routes, process_texts texts) {
    add_text(routes, "/metrics", "text/plain; version=0.0.4; charset=utf-8", std::move(texts.metrics));
    add_text(routes, "/lock-times", "application/json", std::move(texts.lock_times));
    return routes;
}

}  // namespace

operations_port::operations_port(const asio::any_io_executor& executor, http::server_options where,
                                 http::router probes, process_texts texts)
    : server_(executor, std::move(where), with_figures(std::move(probes), std::move(texts))),
      serving_(executor) {
    server_.listen();
    serving_.spawn(server_.run());
}

task<void> operations_port::stop(deadline until) {
    co_await server_.stop(until);
    co_await serving_.join();
}

}  // namespace dibs::cli
