#pragma once

#include <cstddef>

namespace dibs::stats {

/// The range of `means` independent standard normals over an independent estimate of their deviation with
/// `degrees` of freedom: the distribution behind Tukey's intervals. Boost.Math lacks it. By Gauss quadrature
/// of its double integral, which agrees with printed tables to their last digit for every confidence, where
/// a simulation would need a seed and millions of draws to come near.
struct studentised_range {
    std::size_t means;  ///< 2 and more
    double degrees;     ///< 1 and more; infinite where the deviation is known

    /// The probability of a range up to `q`; `q` is not negative.
    double cdf(double q) const;
    /// The range that is exceeded with the probability 1 − `confidence`, which lies between 0 and 1, both
    /// excluded. Kept for the next call of this thread.
    double quantile(double confidence) const;
};

}  // namespace dibs::stats
