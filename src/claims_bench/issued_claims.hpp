#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dibs::claims_bench {

/// A claim whose answer said that it was issued.
struct issued_claim {
    std::int64_t id = 0;
    std::int64_t request = 0;  ///< whose number stands for its user
};

/// A file of the generator's for who started it. Both throw std::runtime_error.
void write_issued(const std::string& path, const std::vector<issued_claim>& claims);
std::vector<issued_claim> read_issued(const std::string& path);

}  // namespace dibs::claims_bench
