#pragma once

#include <dibs/client.hpp>

#include <CLI/CLI.hpp>

namespace dibs::cli {

/// --redis, --redlock (repeatable) and --postgres.
void add_servers(CLI::App& to, config& servers);

inline constexpr const char* usual_redis = "redis://localhost:6379";

}  // namespace dibs::cli
