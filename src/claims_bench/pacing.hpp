#pragma once

#include "core/asio.hpp"

#include <cstddef>
#include <vector>

/// When requests are to begin, and what their latencies come to. Pure.
namespace dibs::claims_bench {

/// An open load: the i-th request is intended at `begin` + i / rate, however late its forerunners are.
class schedule {
   public:
    /// `rate`: a second, above zero.
    schedule(deadline begin, double rate) : begin_(begin), rate_(rate) {}
    deadline intended(std::size_t number) const;

   private:
    deadline begin_;
    double rate_;
};

/// In ms; nearest rank: the smallest value that `share` (0 to 1) of all do not exceed. 0 of nothing.
double percentile(std::vector<double> values, double share);

}  // namespace dibs::claims_bench
