#pragma once

#include "cli/commands.hpp"
#include "cli/serve/http_flags.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dibs::cli {

/// What `dibs serve` can be told.
struct serve_flags {
    std::uint16_t port = 3000;
    std::string address;
    http_flags http;
    std::string redis;
    std::vector<std::string> masters;
    std::string postgres;
    bool sandbox = false;
    std::string strategy = "queue";
    std::vector<std::string> strategies;
    std::int64_t lease_ms = 10'000;
    std::int64_t wait_ms = 10'000;
    std::size_t pool_size = 16;
    std::size_t max_claims = 20'000;
    std::size_t hashing_threads = 1;
    std::vector<std::string> coupons;
    std::string key_file;
    std::int64_t token_life_ms = 3'600'000;
    std::string config;
    bool check_config = false;
    bool allow_unsafe = false;
    std::string metrics_address;
    std::string log_level = "warning";
    std::string log_format;
    bool access_log = false;
    std::int64_t drain_time_ms = 0;
    std::int64_t stop_time_ms = 10'000;
};

/// Declares them, a function for each subject.
void add_serve_flags(CLI::App& to, serve_flags& flags);

}  // namespace dibs::cli
