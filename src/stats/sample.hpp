#pragma once

#include <cstddef>
#include <optional>
#include <span>

/// Figures of samples. Pure.
namespace dibs::stats {

/// Mean and spread by Welford's recurrence (Technometrics 4, 1962): exact where E[x²] − mean² cancels.
class moments {
   public:
    void add(double value);
    std::size_t count() const { return count_; }
    double mean() const { return mean_; }
    /// With n − 1; empty for fewer than two values.
    std::optional<double> standard_deviation() const;

   private:
    std::size_t count_ = 0;
    double mean_ = 0;
    double squares_ = 0;
};

moments moments_of(std::span<const double> values);

struct interval {
    double lower;
    double upper;
};

/// Student's t interval of the mean with the exact quantile; empty for fewer than two values.
/// `confidence` between 0 and 1, as 0.95.
std::optional<interval> t_interval(const moments& of, double confidence);

/// The share p (0 to 1) of ascending values, interpolated linearly at p·(n−1), as k6 has it. Not of an empty
/// range.
double percentile(std::span<const double> ascending, double p);

}  // namespace dibs::stats
