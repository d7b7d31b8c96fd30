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
    /// 0 without values.
    double mean() const { return mean_; }
    /// The sample's, with n − 1; empty for fewer than two values.
    std::optional<double> standard_deviation() const;

   private:
    std::size_t count_ = 0;
    double mean_ = 0;
    double squares_ = 0;
};

moments moments_of(std::span<const double> values);

struct interval {
    double lower = 0;
    double upper = 0;
};

/// Student's t interval of the mean, with the exact quantile; empty for fewer than two values. `confidence`
/// lies between 0 and 1, both excluded: 0.95.
std::optional<interval> mean_interval(const moments& of, double confidence);

/// The share p (0 to 1) of the values, by linear interpolation at p·(n − 1), as k6 takes it. `ascending` is
/// sorted and not empty.
double percentile(std::span<const double> ascending, double p);

}  // namespace dibs::stats
