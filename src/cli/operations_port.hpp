#pragma once

#include "cli/serve_metrics.hpp"
#include "core/asio.hpp"
#include "core/task_group.hpp"
#include "http/server.hpp"

#include <functional>
#include <memory>
#include <string>

namespace dibs::cli {

/// A port of its own for those who run the service: /metrics, and /healthz and /readyz, which answer there
/// until the very end of a stop.
class operations_port {
   public:
    /// Listens. `metrics` must outlive it. Throws dibs::error as http::server::listen().
    operations_port(const asio::any_io_executor& executor, http::server_options where, http::router probes,
                    std::function<std::string()> metrics);

    std::uint16_t port() const { return server_.port(); }
    task<void> stop(deadline until);

   private:
    http::server server_;
    task_group serving_;
};

}  // namespace dibs::cli
