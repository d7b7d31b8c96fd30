#pragma once

#include "torture/contract.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dibs::torture {

/// What was seen of one algorithm under one trouble.
struct cell {
    algorithm kind = algorithm::queue;
    trouble what = trouble::none;
    std::uint64_t operations = 0;  ///< acquires, writes and releases with a known outcome
    std::uint64_t grants = 0;
    std::uint64_t troubles = 0;  ///< how often it was made
    std::uint64_t overlaps = 0;
    std::uint64_t stale_writes_offered = 0;
    std::uint64_t stale_writes_accepted = 0;
    /// From the end of the last trouble until each name had been granted again. Empty: one never was.
    std::optional<std::chrono::milliseconds> recovery;
    std::chrono::milliseconds lease{0};
    /// What is promised whatever happens and did not hold: the order of tokens, one owner each, …
    std::vector<std::string> broken;
    std::filesystem::path folder;  ///< with its histories and proofs
};

enum class verdict {
    kept,              ///< what was promised held
    unsafe_by_design,  ///< nothing was promised, and trouble came of it
    not_provoked,      ///< nothing was promised, and yet no trouble came: that proves nothing
    not_recovered,     ///< it did not grant again within a lease and a second
    violated           ///< what was promised did not hold
};

verdict judge(const cell& seen);
bool is_failure(verdict found);

/// `safe`, `live`, `unsafe by design`, `not provoked`, `not recovered`, `VIOLATED`
std::string describe(verdict found, promise expected);

/// A table algorithm x trouble, and below it what broke. Markdown.
std::string matrix_text(const std::vector<cell>& cells);
/// {"matrix":[{…}]}
std::string matrix_json(const std::vector<cell>& cells);

}  // namespace dibs::torture
