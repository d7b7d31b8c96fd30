#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dibs::cli {

/// Options that --claims and --capacity share.
struct measuring_flags {
    bool claims = false;
    bool capacity = false;
    std::string json;
    std::optional<std::size_t> repeats;
    std::optional<std::size_t> connections;
};

/// What `dibs bench` was asked for.
struct bench_flags {
    std::optional<std::string> profile;
    std::optional<int> rounds;
    std::vector<std::string> strategies;  ///< empty: all
    std::optional<std::uint64_t> seed;
    std::string out;
    std::string resume;
    std::string redis;  ///< empty: servers of its own
    std::vector<std::string> masters;
    std::string postgres;
    measuring_flags measuring;
};

/// Claims a second, more than a service issues here: for so many users sign up beforehand.
inline constexpr double most_by_batch = 100'000;
inline constexpr double most_one_by_one = 20'000;

std::vector<std::string> all_strategy_names();

void add_bench_flags(CLI::App& to, bench_flags& flags);
/// Throws CLI::ValidationError for what does not go together.
void check(const bench_flags& flags);

/// Of this moment: results/20261128-120000
std::filesystem::path default_results_folder();

/// The command line of this process as one would type it, without passwords.
std::string own_command_line();

}  // namespace dibs::cli
