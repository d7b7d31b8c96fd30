#pragma once

#include "cli/serve/serve_metrics.hpp"
#include "core/asio.hpp"
#include "core/task_group.hpp"
#include "http/server.hpp"

#include <functional>
#include <memory>
#include <string>

namespace dibs::cli {

/// What a process says of itself, made when it is asked.
struct process_texts {
    std::function<std::string()> metrics;     ///< for Prometheus
    std::function<std::string()> lock_times;  ///< as page::to_json has them
};

/// A port of its own for those who run the service: /metrics, /lock-times (for `dibs bench`), and /healthz
/// and /readyz, which answer there until the very end of a stop.
class operations_port {
   public:
    /// Listens. What `texts` refer to must outlive it. Throws dibs::error as http::server::listen().
    operations_port(const asio::any_io_executor& executor, http::server_options where, http::router probes,
                    process_texts texts);

    std::uint16_t port() const { return server_.port(); }
    task<void> stop(deadline until);

   private:
    http::server server_;
    task_group serving_;
};

}  // namespace dibs::cli
