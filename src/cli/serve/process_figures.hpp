#pragma once

namespace dibs::cli {

/// What this process uses of its machine.
struct process_figures {
    double cpu_seconds = 0;  ///< user and system
    double resident_bytes = 0;
    double open_fds = 0;
    double max_fds = 0;
};

process_figures figures_of_this_process();

}  // namespace dibs::cli
