#pragma once

#include "measure/disturbance.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How fast the locks are, each figure beside its floor: the same commands by the plainest means, in the same
/// run.
namespace dibs::measure {

/// What one repeat found.
struct sample {
    double value = 0;
    double cpu_us = 0;  ///< processor time an operation, of the client and its servers
};

/// One line of the table: a value for each repeat, and its floor's beside it.
struct figure {
    std::string name;
    std::string unit;
    std::vector<sample> values;
    std::vector<sample> floors = {};  ///< as many, or none
    retake_count disturbed = {};      ///< of its repeats

    double value() const;                 ///< median
    std::optional<double> floor() const;  ///< median
    std::optional<double> ratio() const;  ///< value / floor
    /// (largest − smallest) / median of the values.
    double spread() const;
    std::optional<double> cpu_us() const;  ///< median; empty where it was not taken
    std::optional<double> floor_cpu_us() const;
};

/// What a figure has to reach.
struct goal {
    enum class of { value, ratio };
    enum class bound { at_most, at_least, exactly };
    of what = of::ratio;
    bound how = bound::at_most;
    double limit = 0;

    bool met_by(const figure& found) const;
    std::string text() const;  ///< "ratio ≤ 1.1"
};

/// Empty: it is only shown.
std::optional<goal> goal_of(std::string_view figure_name);

/// Which figures the host of the machine disturbed, in a sentence; empty: none.
std::string disturbance_note(const std::vector<figure>& figures);

/// Markdown, with medians, spread and whether the goals were met; below it what was disturbed.
std::string table(const std::vector<figure>& figures);
/// `{"metrics":{NAME:{"value":…,"floor":…,"ratio":…,"unit":…,…}}}`; a figure without a floor has null there.
std::string json(const std::vector<figure>& figures);

}  // namespace dibs::measure
