#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

/// Whether those who came first were served first. Pure.
namespace dibs::experiment {

enum class grant { issued, refused };

/// One claim as its client saw it, in time since the run began.
struct claim_times {
    std::chrono::nanoseconds sent{0};
    std::chrono::nanoseconds answered{0};
    grant came_of_it = grant::issued;  ///< whatever was not issued overtook nobody
};

/// The waits of the claims that were sent in one stretch of the run.
struct waits_by_arrival {
    double from_s = 0;  ///< when the stretch begins
    double p50_ms = 0;
    double p95_ms = 0;
    double max_ms = 0;
};

/// A claim is overtaken by each that was sent later and issued earlier. One that waited in vain counts with
/// those that were issued while it waited.
struct fairness {
    double overtaken_share = 0;       ///< of the claims, by at least one
    double overtaken_mean = 0;        ///< by how many, over all claims
    std::uint64_t overtaken_max = 0;  ///< by how many at most
    std::vector<waits_by_arrival> by_arrival;
};

inline constexpr std::size_t most_stretches = 100;

fairness fairness_of(std::vector<claim_times> claims);

}  // namespace dibs::experiment
