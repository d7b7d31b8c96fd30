#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

/// Finds the highest rate that a service holds. Pure: it says which rate to try next and is told what came of
/// it.
namespace dibs::capacity {

/// What came of one step at one rate.
enum class outcome {
    held,
    failed,
    generator_limited,  ///< failed, and by the doing of who made the load
    disturbed           ///< failed, while the host of the machine ran others
};
std::string_view to_string(outcome what);

struct search_options {
    double first = 500;      ///< a second: where it begins
    double lowest = 1;       ///< it gives up below
    double highest = 1e6;    ///< and does not go beyond
    double precision = 0.1;  ///< it ends when the rate that failed is so much above the one that held
    int spare_steps = 10;
};

/// Doubles the rate until it fails, halves it where the first did, and then goes to the geometric middle of
/// what held and what failed. Steps are noisy, so that neither verdict rests on one of them: a rate has
/// failed when it failed twice, and the result has to hold once more in the end; where it does not, the
/// search goes on below it. A disturbed step says nothing and is made again, `spare_steps` times in all.
class search {
   public:
    explicit search(search_options how);

    /// The rate to try now, a whole number of the first three digits; empty: the search is over.
    std::optional<double> next() const;
    /// What came of the rate that next() gave. Not to be called when the search is over.
    void tell(outcome what);

    /// The highest rate that held, twice; 0: none did.
    double held() const { return held_.empty() ? 0 : held_.back(); }
    /// Nothing failed but by the generator's doing, or nothing failed up to `highest`: it may well be more.
    bool is_lower_bound() const { return is_over_ && (limited_by_generator_ || !failed_); }

   private:
    void move_on();
    void rate_held();
    void rate_failed();

    search_options how_;
    double rate_;
    std::vector<double> held_;      // ascending, all below failed_
    std::optional<double> failed_;  // the lowest that failed
    int failures_ = 0;              // of this rate
    int spared_ = 0;
    bool by_generator_ = false;  // one of them
    bool limited_by_generator_ = false;
    bool confirming_ = false;
    bool is_over_ = false;
};

/// To three digits.
double rounded_rate(double rate);

}  // namespace dibs::capacity
