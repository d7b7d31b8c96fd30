#include "stats/correctness.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

namespace dibs::stats {

wrongs& wrongs::operator+=(const wrongs& more) {
    oversold += more.oversold;
    duplicates += more.duplicates;
    lost += more.lost;
    unexplained += more.unexplained;
    miscounted += more.miscounted;
    return *this;
}

bool qualifies(const wrongs& counted) { return counted == wrongs{}; }

std::string describe(const wrongs& counted) {
    std::vector<std::string> parts;
    const auto part = [&](std::int64_t count, std::string_view what) {
        if (count != 0) parts.push_back(fmt::format("{} {}", count, what));
    };
    part(counted.oversold, "oversold");
    part(counted.duplicates, "issued twice");
    part(counted.lost, "lost");
    part(counted.unexplained, "unexplained");
    part(counted.miscounted, "miscounted");
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace dibs::stats
