#pragma once

#include "cli/commands.hpp"
#include "http/server.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dibs::cli {

/// How `dibs serve` is reached over HTTP.
struct http_flags {
    std::string tls_certificate;
    std::string tls_key;
    std::vector<std::string> trusted_proxies;
    std::string rate_by_address = "0/s";
    std::string rate_by_user = "20/s";
};

void add_http_flags(CLI::App& to, http_flags& flags);

/// `20/s`, with a burst of twice as many. Empty: `0/s`, no limit. Throws std::invalid_argument.
std::optional<http::rate> read_rate(const std::string& text);
/// Checks that the files can be used. Empty: neither is given. Throws dibs::error, or std::invalid_argument
/// where one is missing.
std::optional<http::tls_files> read_tls(const http_flags& flags);
/// Throws std::invalid_argument.
std::vector<http::address_block> read_proxies(const http_flags& flags);

}  // namespace dibs::cli
