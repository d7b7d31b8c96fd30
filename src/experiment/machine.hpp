#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What results were made on.
namespace dibs::experiment {

struct machine {
    std::string cpu;
    std::int64_t cores = 0;  ///< that this process may use
    std::int64_t memory_mib = 0;
    std::string kernel;
    std::string os;
    std::string redis;  ///< versions
    std::string postgresql;
    std::string compiler;  ///< of this program

    bool operator==(const machine&) const = default;
};

/// As results have it: `2026-11-28T12:00:00Z`.
std::string utc_now();

/// All but the servers' versions; what cannot be read stays empty.
machine this_machine();

/// The value behind `key` in lines as `key : value` or `KEY="value"`; empty: there is none. Pure.
std::string value_in(std::string_view text, std::string_view key);

boost::json::object json_of(const machine& described);
/// Throws std::exception.
machine machine_from(const boost::json::value& json);

/// Whether runs of the two may stand in one table. Pure.
struct machine_differences {
    std::vector<std::string> that_matter;  ///< processor, cores, servers, compiler
    std::vector<std::string> to_be_told;
};
machine_differences differences(const machine& before, const machine& now);

}  // namespace dibs::experiment
