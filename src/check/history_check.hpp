#pragma once

#include "check/verdict.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dibs::check {

/// What a history cannot say by itself.
struct promises {
    std::map<std::string, std::int64_t> stocks = {};  ///< of coupons; not negative
    /// Of locks that are queues; empty: the order of grants is not judged.
    std::optional<std::chrono::nanoseconds> queue_tolerance = {};
};

/// Every check of locks and of claims. Throws std::invalid_argument as operations_in() and claims_in() do.
std::vector<verdict> check_all(const events& all, const promises& made);

struct checked_history {
    std::filesystem::path folder;
    std::size_t events = 0;
    std::size_t processes = 0;
    std::size_t torn = 0;  ///< last lines without their end, which were left out
    std::vector<verdict> verdicts;
};

bool is_violated(const checked_history& one);

/// A line a verdict, and what broke with its timeline.
std::string report_text(const checked_history& one);
/// {"histories":[{"folder":…,"events":…,"processes":…,"torn":…,"checks":[{"check":…,"verdict":
/// "holds|violated|unknown","violations":…,"explanation":…,"proof":[{"at_ns":…,…}]}]}]}
std::string report_json(const std::vector<checked_history>& all);

}  // namespace dibs::check
