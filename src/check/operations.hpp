#pragma once

#include "check/verdict.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace dibs::check {

/// An invoke and what became of it. Views into the history, which outlives it.
struct operation {
    const history::event* invoke = nullptr;
    const history::event* completion = nullptr;  ///< null: its process died, or the history ends before

    bool succeeded() const { return completion && completion->phase == history::phase::ok; }
    /// It did not happen, for certain.
    bool failed() const { return completion && completion->phase == history::phase::fail; }
};

/// Throws std::invalid_argument: no recorder wrote this event there.
[[noreturn]] void malformed(const history::event& at, const char* why);

/// In the order of their invokes, without readings of the database. Throws std::invalid_argument for a
/// history that no recorder wrote: a completion without an invoke, two of them, another name than the
/// invoke's.
std::vector<operation> operations_in(const events& all);

/// One grant of a lock. It begins when its holder knew of it and ends with the last thing its holder did on
/// the strength of it: the invoke of its release, or of a write if that was later. Never when a lease ended:
/// otherwise overlaps would vanish by definition.
struct hold {
    operation acquire;
    const history::event* last = nullptr;  ///< the acquire's ok, where nothing followed

    std::int64_t begin() const { return acquire.completion->at_ns; }
    std::int64_t end() const { return last->at_ns; }
};

/// Of each lock, in the order of their beginnings.
using holds = std::map<std::string, std::vector<hold>>;
holds holds_in(const std::vector<operation>& operations);

}  // namespace dibs::check
