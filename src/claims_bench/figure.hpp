#pragma once

#include "measure/figure.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How fast `dibs serve` issues and refuses, each figure beside its floor in the same run.
namespace dibs::claims_bench {

/// Processor time an operation, in µs, of each who had a part in it.
struct cpu_split {
    double generator = 0;  ///< of a floor: the client alone on its connection
    double service = 0;
    double postgres = 0;
    double redis = 0;

    double sum() const { return generator + service + postgres + redis; }
};

/// What else a reader should know, as {"late_starts", 3}.
using details_list = std::vector<std::pair<std::string, double>>;

/// What one repeat found.
struct sample {
    double value = 0;
    cpu_split cpu = {};
    details_list details = {};
};

/// One line of the table: a value for each repeat, and its floor's beside it.
struct figure {
    std::string name;
    std::string unit;
    std::vector<sample> values = {};  ///< none: this service does not offer the strategy
    std::vector<sample> floors = {};  ///< as many, or none
    details_list details = {};
    measure::retake_count disturbed = {};  ///< of its repeats

    bool absent() const { return values.empty(); }
    /// Medians, ratio and spread; not of an absent one.
    measure::figure medians() const;
    /// The median of each part.
    static cpu_split cpu_of(const std::vector<sample>& samples);
    /// The median of each, by its place: all samples have the same.
    static details_list details_of(const std::vector<sample>& samples);
};

/// Empty: it is only shown.
std::optional<measure::goal> goal_of(std::string_view figure_name);

/// Markdown, with medians, spread and whether the goals were met; below it the processor time and the
/// details.
std::string table(const std::vector<figure>& figures);
/// `{"metrics":{NAME:{"value":…,"floor":…,"ratio":…,"unit":…,…}}}`; what is absent or has no floor has null.
std::string json(const std::vector<figure>& figures);

}  // namespace dibs::claims_bench
