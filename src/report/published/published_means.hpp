#pragma once

#include <array>
#include <string_view>

namespace dibs::report {

/// A strategy's means in the published experiment: five runs, about 1,100 iterations each.
struct published_mean {
    std::string_view strategy;
    double success_pct;
    double duration_s;  ///< p95 of http_req_duration
};

inline constexpr std::array<published_mean, 6> published_means{{{"database", 100.00, 3.26},
                                                                {"spinlock", 83.88, 10.50},
                                                                {"pubsub", 92.66, 6.26},
                                                                {"queue", 90.64, 7.82},
                                                                {"fencing", 36.25, 5.19},
                                                                {"redlock", 67.50, 3.62}}};

}  // namespace dibs::report
