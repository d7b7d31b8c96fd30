#pragma once

#include "cli/progress_line.hpp"
#include "load/generator.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <optional>

namespace dibs::cli {

/// A run of the load generator with what a terminal's user expects around it: a progress line on stderr, and
/// an end at SIGINT or SIGTERM that keeps what there is. A second signal ends the program.
class watched_run {
   public:
    enum class telling { progress, nothing };

    watched_run(const load::scenario& asked, telling what);

    /// Throws as load::generator does.
    load::run_result run();

   private:
    void listen_for_interrupts();
    void tell_again();

    asio::io_context io_{1};
    load::generator generator_;
    asio::signal_set interrupts_;
    asio::steady_timer next_;
    std::optional<progress_line> line_;
    std::exception_ptr failed_;
    std::optional<load::run_result> result_;
};

}  // namespace dibs::cli
