#pragma once

#include "cli/serve/serve_options.hpp"

namespace dibs::cli {

/// Serves until SIGTERM or SIGINT and gives the exit status. Throws dibs::error for servers that are away, or
/// unsafe, at the start. Signals: docs/operations.md.
int serve(const serve_flags& flags, serve_options options);

}  // namespace dibs::cli
