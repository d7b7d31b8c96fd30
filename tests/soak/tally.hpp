#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace dibs::soak {

/// What a user has counted, by name; goes from process to process as `NAME=COUNT NAME=COUNT`.
using tally = std::map<std::string, std::int64_t>;

std::string to_line(const tally& counts);
/// Throws std::runtime_error for a line of another form.
tally tally_from(const std::string& line);

}  // namespace dibs::soak
