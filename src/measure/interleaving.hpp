#pragma once

#include "measure/disturbance.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace dibs::measure {

/// What repeats of a value and of its floor found.
template <class Sample>
struct interleaving {
    std::vector<Sample> values;
    std::vector<Sample> floors;  ///< as many, or none
    retake_count disturbed;
};

/// Floor, value, floor, value …, after one of each that does not count. Where the host disturbed them both
/// are taken again, up to `repeats` times in all. Without a floor: the value alone.
template <class Sample>
interleaving<Sample> interleave(std::size_t repeats, const std::function<Sample()>& value,
                                const std::function<Sample()>& floor) {
    const auto both = [&] {
        auto under = floor ? std::optional(floor()) : std::nullopt;
        return std::pair(std::move(under), value());
    };
    both();
    interleaving<Sample> all;
    retakes repeated(repeats);
    for (std::size_t i = 0; i < repeats; ++i) {
        auto [under, found] = repeated.undisturbed(both);
        if (under) all.floors.push_back(*std::move(under));
        all.values.push_back(std::move(found));
    }
    all.disturbed = repeated.count();
    return all;
}

}  // namespace dibs::measure
