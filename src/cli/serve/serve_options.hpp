#pragma once

#include "cli/serve/serve_flags.hpp"
#include "coupon/service.hpp"
#include "http/server.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::cli {

/// What the flags mean.
struct serve_options {
    coupon::service_options service;
    http::server_options server;
    std::optional<http::server_options> operations;  ///< where /metrics is served
};

/// Reads the files that the flags name. What is wrong is added to `troubles`, each with its option's name.
/// With
/// --sandbox the servers are left open.
serve_options serve_options_from(const serve_flags& flags, std::vector<std::string>& troubles);

/// The keys of --token-key-file, or the environment; empty: neither is given. Throws dibs::error (bad_input).
std::optional<coupon::token_keys> token_keys_from(const serve_flags& flags);

/// What may be shown of an option's value: no password.
std::string without_secrets(std::string_view option, const std::string& value);

}  // namespace dibs::cli
