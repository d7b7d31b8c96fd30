#pragma once

#include "stats/comparison.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dibs::stats {

/// Treatments that ran once each in every round, in random order: a randomised complete block design.
struct block_design {
    std::vector<std::string> treatments;
    /// By round, then by treatment as above; empty where a run is missing. For ratios a value that is not
    /// above 0 is taken for missing, too: that run measured nothing.
    std::vector<std::vector<std::optional<double>>> values;
};

/// Compares all pairs with Tukey's simultaneous intervals, on what a run differs from the mean of its round
/// and that of its treatment (J. W. Tukey, The Problem of Multiple Comparisons, 1953). Rounds that are not
/// complete are left out. Where the residuals show that the treatments' noise differs (`spread::own`), each
/// pair's interval comes from its own differences, by Student's t at Bonferroni's level; where that is
/// unclear, it is the wider of the two. Never fails: `lacks` says what is missing.
comparison_result compare_in_blocks(const block_design& runs, const comparison_options& options = {});

/// Runs of treatments that were not taken in rounds.
struct treatment_runs {
    std::string name;
    std::vector<double> values;
};

/// Compares all pairs by Tukey and Kramer, or, where the noise differs, by Welch at Bonferroni's level; where
/// that is unclear, by the wider of the two. Assumes that nothing but the treatments changed between the runs
/// of one and those of another, which nobody can check afterwards. For ratios, values that are not above 0
/// are left out.
comparison_result compare_groups(const std::vector<treatment_runs>& groups,
                                 const comparison_options& options = {});

}  // namespace dibs::stats
